import type { FieldMessages, NestedMessages } from '../../rest/errors/validation-error.js';
import { nonField } from '../../rest/errors/validation-error.js';
import { boolean, type Coercion, dateTime, email, integer, Rejection, text } from '../../rest/fields/coercions.js';
import { pythonText } from '../../rest/fields/python-text.js';
import { type MessageOrText, message } from '../../rest/messages/messages.js';
import { choicesOf, type FormField, initialValueOf, ownValue, passwordKey, type PromptData } from './prompt-form.js';
import { firstTooLong, maxLengthOf } from './prompt-limits.js';
import type { PromptType } from './prompt-types.js';

/** A parsed response: values keyed by field, or the errors. */
export type PromptResponse =
  | { readonly kind: 'values'; readonly values: PromptData }
  | { readonly kind: 'errors'; readonly errors: NestedMessages };

/** What `readPromptResponse` needs to know of the run. */
export interface PromptContext {
  /** Responses to earlier forms of the run. */
  readonly data: PromptData;
  /** Returns why the account cannot have the user name or address in a field; undefined if it can. */
  readonly nameProblem: (field: FormField, name: string) => Promise<MessageOrText | undefined>;
  /**
   * Returns the problems of a new password that are cheap to find.
   *
   * @param answered the whole response, including invalid values
   */
  readonly passwordProblems: (password: string, answered: PromptData) => readonly MessageOrText[];
  /** Returns the other problems of a new password. Called only if the rest of the response is valid. */
  readonly passwordWeakness: (password: string, responses: PromptData) => Promise<readonly MessageOrText[]>;
  /**
   * Returns the messages of the form's policies.
   *
   * @param isApplicable whether the policies of a field are evaluated
   * @param isRestValid false: policies skip expensive checks
   */
  readonly policyProblems?: (
    responses: PromptData,
    isApplicable: (key: string) => boolean,
    isRestValid: boolean,
  ) => Promise<readonly MessageOrText[]>;
}

/** The server sets the values of these; the response is ignored. */
const fixedTypes: readonly PromptType[] = ['text_read_only', 'text_area_read_only', 'hidden', 'static'];
/** For these, blank text is a value, which is refused as blank where that is not allowed. */
const textTypes: readonly PromptType[] = ['text', 'text_area', 'username', 'email', 'ak-locale'];

/**
 * Parses and validates the response to a form. Keys that are not fields of the form are ignored.
 *
 * @param body the posted JSON object
 */
export async function readPromptResponse(
  fields: readonly FormField[],
  body: PromptData,
  { data, nameProblem, passwordProblems, passwordWeakness, policyProblems }: PromptContext,
): Promise<PromptResponse> {
  const values: [string, unknown][] = [];
  const errors = new Map<string, FieldMessages>();
  for (const field of fields) {
    try {
      const value = valueOf(field, data, body);
      if (value === undefined) continue;
      const isName = field.type === 'username' || field.type === 'email';
      const problem = isName ? await nameProblem(field, value as string) : undefined;
      if (problem !== undefined) throw new Rejection([problem]);
      values.push([field.fieldKey, value]);
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
      errors.set(field.fieldKey, error.messages);
    }
  }
  const response = Object.fromEntries(values);
  const tooLong = firstTooLong(data, values);
  if (tooLong !== undefined) errors.set(tooLong.key, [message('maxLength', { limit: tooLong.left })]);
  if (passwordsDiffer(fields, response, errors)) errors.set(nonField, [message('passwordsDiffer')]);
  const password = errors.has(passwordKey) ? undefined : newPasswordIn(response, data);
  const problems = password === undefined ? [] : passwordProblems(password, { ...body, ...response });
  if (problems.length > 0) errors.set(passwordKey, problems);
  const weakness = password === undefined || errors.size > 0 ? [] : await passwordWeakness(password, response);
  if (weakness.length > 0) errors.set(passwordKey, weakness);
  const isKept = password === undefined && ownValue(response, passwordKey) !== undefined;
  const broken = new Set(errors.keys());
  const isApplicable = (key: string): boolean => {
    // A value with an error has its message already, and of an earlier password the run keeps only the sealed hash.
    if (broken.has(key) || (key === passwordKey && isKept)) return false;
    return broken.size === 0 || Object.hasOwn(response, key);
  };
  const policyMessages = (await policyProblems?.(response, isApplicable, broken.size === 0)) ?? [];
  if (policyMessages.length > 0) {
    errors.set(nonField, [...((errors.get(nonField) ?? []) as readonly MessageOrText[]), ...policyMessages]);
  }
  return errors.size > 0
    ? { kind: 'errors', errors: Object.fromEntries(errors) }
    : { kind: 'values', values: response };
}

/**
 * Returns the new password in a response; undefined if there is none. A field whose value the server sets may contain
 * the sealed hash of an earlier one, which is not new.
 */
export function newPasswordIn(response: PromptData, data: PromptData): string | undefined {
  const password = ownValue(response, passwordKey);
  if (password === undefined || password === '' || password === ownValue(data, passwordKey)) return undefined;
  return pythonText(password);
}

/** Whether the password and its repetition differ, in a form with exactly two password fields that are both valid. */
function passwordsDiffer(
  fields: readonly FormField[],
  response: PromptData,
  errors: ReadonlyMap<string, FieldMessages>,
): boolean {
  const [password, repeated, ...more] = fields.filter(({ type }) => type === 'password');
  if (password === undefined || repeated === undefined || more.length > 0) return false;
  if (errors.has(password.fieldKey) || errors.has(repeated.fieldKey)) return false;
  return ownValue(response, password.fieldKey) !== ownValue(response, repeated.fieldKey);
}

/** Whether the server sets the value of a field, for any response. */
export function isFixed({ type }: Pick<FormField, 'type'>): boolean {
  return fixedTypes.includes(type);
}

/** Returns the value of one field; undefined if it has none. */
function valueOf(field: FormField, data: PromptData, body: PromptData): unknown {
  if (field.type === 'separator') return undefined;
  if (isFixed(field)) return fixedValueOf(field, data);
  const raw = ownValue(body, field.fieldKey);
  if (raw === null) throw new Rejection([message('null')]);
  const coercion = coercionOf(field, data);
  if (raw !== undefined && !isEmptyInput(raw, field)) return coercion(raw);
  // Browsers omit unchecked checkboxes.
  if (field.type === 'checkbox') return false;
  const initial = initialValueOf(field, data);
  if (initial !== '') return coercion(initial);
  if (field.required) throw new Rejection([message('required')]);
  return undefined;
}

/** Whether an empty string means that the field was left empty: pages without scripts submit every field. */
function isEmptyInput(raw: unknown, { type, required }: FormField): boolean {
  return raw === '' && !textTypes.includes(type) && !(type === 'password' && required);
}

/**
 * Returns the value that the server sets: the run's value for the key, or the prompt's initial value. Undefined for an
 * expression: it must not set an empty value.
 */
function fixedValueOf(field: FormField, data: PromptData): unknown {
  const value = ownValue(data, field.fieldKey);
  if (value !== undefined) return value;
  if (field.initialValueExpression) return undefined;
  const isPlaceholder = field.initialValue === '' && (field.type === 'hidden' || field.type === 'static');
  if (isPlaceholder && field.placeholderExpression) return undefined;
  return isPlaceholder ? field.placeholder : field.initialValue;
}

function coercionOf(field: FormField, data: PromptData): Coercion {
  const maxLength = maxLengthOf(field);
  switch (field.type) {
    case 'username':
      return text({ maxLength });
    case 'email':
      return email({ allowBlank: !field.required });
    case 'password':
      return text({ verbatim: true });
    case 'number':
      return integer({ minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER });
    case 'checkbox':
      return boolean();
    case 'radio-button-group':
    case 'dropdown':
      return oneOf(choicesOf(field, data) ?? []);
    case 'date':
      return date;
    case 'date-time':
      return (raw) => dateTime()(raw).toISOString();
    case 'file':
      return dataUri(maxLength);
    case 'ak-locale':
      return text({ allowBlank: true, maxLength });
    default:
      return text({ verbatim: true, allowBlank: !field.required, maxLength });
  }
}

/** Accepts one of the choices. They are sent and returned as text; the value keeps its original type. */
function oneOf(choices: readonly unknown[]): Coercion {
  return (raw) => {
    const chosen = choices.find((choice) => pythonText(choice) === pythonText(raw));
    if (chosen === undefined) throw new Rejection([message('notChoice', { choice: pythonText(raw) })]);
    return chosen;
  };
}

/** Accepts a date, and keeps it as it was written. */
const date: Coercion<string> = (raw) => {
  const day = typeof raw === 'string' ? raw.trim() : '';
  const time = /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00Z`) : Number.NaN;
  // `Date.parse` accepts 30 February as 1 or 2 March.
  if (Number.isNaN(time) || !new Date(time).toISOString().startsWith(day)) {
    throw new Rejection([message('notDate')]);
  }
  return day;
};

/** Accepts a file as a `data:` URI, and keeps it unchanged. */
function dataUri(maxLength: number): Coercion<string> {
  return (raw) => {
    const uri = text({ maxLength })(raw);
    if (!/^data:/i.test(uri)) throw new Rejection([message('notDataUri')]);
    if (!/^data:[^,;]*(;[^,;]*)*;base64,/i.test(uri)) throw new Rejection([message('notBase64')]);
    return uri;
  };
}
