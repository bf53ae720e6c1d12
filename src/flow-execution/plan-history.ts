import { parsePlan } from './parse-plan.js';
import type { FlowPlan, PlanContext } from './plan.js';

/** A plan as it was before a stage was passed, without the secrets in it. */
export type PastPlan = FlowPlan;

/** As many as a flow of any sensible length has stages. */
const longest = 50;

/** What stands in the place of a secret. */
export const masked = '********************';

/** Names of values that are secrets, whoever put them there. */
const secretName = /pass|secret|token|api|key|code|pin\b|signature|cookie/i;

/** Characters of JSON that the contexts of all plans have together: what visitors type can be long. */
const largest = 10_000;

/** The history with one more plan. Old plans give way, and the contexts of the oldest ones if they are too large. */
export function withPast(history: readonly PastPlan[], plan: FlowPlan): PastPlan[] {
  const past = [...history, { ...structuredClone(plan), context: withoutSecrets(plan.context) }].slice(-longest);
  let left = largest;
  const kept = past.reverse().map((each) => {
    left -= JSON.stringify(each.context).length;
    return left < 0 ? { ...each, context: {} } : each;
  });
  return kept.reverse();
}

/** The context as administrators may see it. */
export function withoutSecrets({ prompt_data, is_restored, ...context }: PlanContext): PlanContext {
  const secrets = context.prompt_secrets ?? [];
  return {
    ...structuredClone(context),
    ...(is_restored !== undefined && { is_restored: masked }),
    ...(prompt_data !== undefined && {
      prompt_data: Object.fromEntries(
        Object.entries(prompt_data).map(([name, value]) => [
          name,
          secrets.includes(name) ? masked : maskNamed(name, value),
        ]),
      ),
    }),
  };
}

export function isPastPlan(value: unknown): value is PastPlan {
  return parsePlan(value) !== undefined;
}

function maskNamed(name: string, value: unknown): unknown {
  if (secretName.test(name)) return masked;
  if (Array.isArray(value)) return value.map((item: unknown) => maskNamed('', item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, maskNamed(key, held)]));
}
