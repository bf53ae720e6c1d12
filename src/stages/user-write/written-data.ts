import type { PlanContext } from '../../flow-execution/plan.js';
import { passwordKey } from '../prompt/prompt-form.js';

/** Maximum length of an attribute that stays in the run's data for later stages after it was written to the user. */
const maxKeptLength = 1_000;

/** Removes the password and long attributes from the run's data, once they are stored with the user. */
export function discardWrittenData(context: PlanContext): void {
  const { [passwordKey]: _, ...others } = context.prompt_data ?? {};
  const kept = Object.entries(others).filter(
    ([key, value]) => !key.startsWith('attributes') || JSON.stringify([value]).length <= maxKeptLength,
  );
  context.prompt_data = Object.fromEntries(kept);
  delete context.prompt_secrets;
  delete context.corrects_sign_up;
}
