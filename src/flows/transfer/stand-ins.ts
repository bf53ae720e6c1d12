import type { Lack } from './missing-kinds.js';
import type { StandIn } from './transfer-model.js';

/** The entry of an object that denies. */
interface StandInEntry {
  readonly model: string;
  readonly identifiers: { readonly name: string };
  readonly attrs: Readonly<Record<string, unknown>>;
}

/**
 * Returns what takes the place of a stage or policy that was left out: a stage that denies, where the stage would be
 * shown, or a policy that cannot be evaluated, which denies the run at the flow or stage that it is bound to. A policy
 * that fails would only skip the stage, and a run without the stage may be what the stage was there to prevent.
 */
export function standInFor(kind: StandIn, { model, name }: Lack): StandInEntry {
  const identifiers = { name: `left out: ${model} ${name}` };
  if (kind === 'stage') return { model: 'authentik_stages_deny.denystage', identifiers, attrs: {} };
  return {
    model: 'authentik_policies_expression.expressionpolicy',
    identifiers,
    attrs: { expression: `# ${model} is not available.\nreturn False` },
  };
}
