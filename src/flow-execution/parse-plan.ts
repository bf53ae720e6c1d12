import { parseUuid } from '../rest/fields/uuid.js';
import type { FlowPlan, PlanContext, PlannedStage, PlannedUser, SentLink } from './plan.js';

type Json = Record<string, unknown>;
type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isFlag: Check = (value) => typeof value === 'boolean';
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf =
  (item: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(item);
const isPermission: Check = (value) => isObject(value) && isText(value['id']) && isText(value['name']);

/** Validation of each key of a context. */
const contextChecks: Readonly<Record<keyof PlanContext, Check>> = {
  pending_user: isPlannedUser,
  pending_user_identifier: isText,
  typed_identifier: isText,
  typed_address: isText,
  corrects_sign_up: isFlag,
  proved_account: isProvedAccount,
  proved_address: isText,
  prompt_data: isObject,
  prompt_secrets: listOf(isText),
  email: isText,
  email_sent: isFlag,
  email_link: isSentLink,
  shown_link: (value) => value === 'recovery' || value === 'first_sign_in',
  is_restored: isText,
  redirect: isText,
  is_redirected: isFlag,
  invitation_in_effect: isFlag,
  invitation: isText,
  invitation_accepted: isFlag,
  invitation_address: isText,
  auth_method: isText,
  user_backend: isText,
  user_path: isText,
  user_type: isText,
  groups: listOf(isText),
  deny_message: isText,
  consent_title: isText,
  consent_header: isText,
  consent_permissions: listOf(isPermission),
  consent_additional_permissions: listOf(isPermission),
};

/**
 * Parses a stored plan; undefined unless it is exactly a plan of this version. A plan decides what its visitor has
 * proved, so nothing is guessed or repaired. Never throws.
 */
export function parsePlan(stored: unknown): FlowPlan | undefined {
  if (!isObject(stored)) return undefined;
  const { version, execution, flow, bindings, context } = stored;
  if (version !== 1 || !isUuid(execution) || !isUuid(flow)) return undefined;
  // A plan without stages is finished, and is never stored.
  if (!Array.isArray(bindings) || bindings.length === 0 || !bindings.every(isPlannedStage)) return undefined;
  if (!isContext(context)) return undefined;
  if (Object.keys(stored).length !== 5) return undefined;
  return { version, execution: String(execution), flow: String(flow), bindings, context };
}

function isPlannedStage(value: unknown): value is PlannedStage {
  if (!isObject(value)) return false;
  const { length } = Object.keys(value);
  if ('inMemory' in value) return isText(value['inMemory']) && length === 1;
  return isUuid(value['binding']) && isUuid(value['stage']) && isFlag(value['reEvaluate']) && length === 3;
}

function isContext(value: unknown): value is PlanContext {
  if (!isObject(value)) return false;
  return Object.entries(value).every(
    ([key, held]) => Object.hasOwn(contextChecks, key) && contextChecks[key as keyof PlanContext](held),
  );
}

function isSentLink(value: unknown): value is SentLink {
  if (!isObject(value)) return false;
  const { stage, execution, address, token, codeExpires, sent, notBefore, ...more } = value;
  const isWhole = isUuid(stage) && isUuid(execution) && isText(address) && isUuid(token);
  const areMoments = [codeExpires, sent, notBefore].every((moment) => moment === undefined || Number.isFinite(moment));
  return isWhole && areMoments && Object.keys(more).length === 0;
}

function isProvedAccount(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { user, email, password_changed: changed, ...more } = value;
  return Number.isInteger(user) && isText(email) && Number.isFinite(changed) && Object.keys(more).length === 0;
}

function isPlannedUser(value: unknown): value is PlannedUser {
  if (!isObject(value) || Object.keys(value).length !== 1) return false;
  const { pk, pretended } = value;
  if (pk !== undefined) return isUserKey(pk);
  if (!isObject(pretended)) return false;
  const { username, email, owner, ...more } = pretended;
  const isWhole = isText(username) && isText(email) && (owner === undefined || isUserKey(owner));
  return isWhole && Object.keys(more).length === 0;
}

function isUserKey(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) > 0 && Number(value) < 2 ** 31;
}

/** Accepts only the database's spelling, because keys are compared as text. */
function isUuid(value: unknown): boolean {
  return typeof value === 'string' && parseUuid(value) === value;
}
