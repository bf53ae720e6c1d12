import { parsePlan } from './parse-plan.js';
import type { FlowPlan, PlanContext } from './plan.js';

/** A plan before a stage was passed, without secrets. */
export type PastPlan = FlowPlan;

/** Maximum number of plans in the history. */
const maxPlans = 50;

/** Replaces a secret. */
export const masked = '********************';

/** Names of values that are treated as secrets. */
const secretName = /pass|secret|token|api|key|code|pin\b|signature|cookie/i;

/** Maximum length of the contexts of all plans together, as JSON. */
const maxContextLength = 10_000;

/** Returns the history with one more plan. Drops the oldest plans and contexts beyond the limits. */
export function appendToHistory(history: readonly PastPlan[], plan: FlowPlan): PastPlan[] {
  const past = [...history, { ...structuredClone(plan), context: withoutSecrets(plan.context) }].slice(-maxPlans);
  let left = maxContextLength;
  const kept = past.reverse().map((each) => {
    left -= JSON.stringify(each.context).length;
    return left < 0 ? { ...each, context: {} } : each;
  });
  return kept.reverse();
}

/** Returns a context with its secrets masked, for the inspector. */
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
