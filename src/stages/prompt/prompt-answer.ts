import type { FieldMessages, NestedMessages } from '../../rest/errors/validation-error.js';
import { nonField } from '../../rest/errors/validation-error.js';
import {
  boolean,
  type Coercion,
  dateTime,
  email,
  integer,
  Rejection,
  shown,
  text,
} from '../../rest/fields/coercions.js';
import { type MessageOrText, message } from '../../rest/messages/messages.js';
import { choicesOf, type FormField, initialValueOf, known, passwordKey, type PromptData } from './prompt-form.js';
import { firstTooLong, longestOf } from './prompt-limits.js';
import type { PromptType } from './prompt-types.js';

/** The answer of a visitor: values by the keys of fields, or the errors. */
export type PromptAnswer =
  | { readonly kind: 'values'; readonly values: PromptData }
  | { readonly kind: 'errors'; readonly errors: NestedMessages };

/** What reading a form needs. */
export interface PromptContext {
  /** The answers of earlier forms in the run. */
  readonly data: PromptData;
  /** Why the account cannot have the user name or address that was typed in a field; undefined if it can. */
  readonly problemOf: (field: FormField, name: string) => Promise<MessageOrText | undefined>;
  /**
   * Returns the problems of a new password that cost little time to find.
   *
   * @param answered all of the form, including invalid answers
   */
  readonly passwordProblems: (password: string, answered: PromptData) => readonly MessageOrText[];
  /** Returns the other problems of a new password. It is called only if the whole form is valid otherwise. */
  readonly passwordWeakness: (password: string, answers: PromptData) => Promise<readonly MessageOrText[]>;
  /**
   * Returns the messages of the policies of the form. Policies on an answer that is not `isAsked` are left out.
   *
   * @param isRestValid false: policies leave out what takes much time
   */
  readonly policyProblems?: (
    answers: PromptData,
    isAsked: (key: string) => boolean,
    isRestValid: boolean,
  ) => Promise<readonly MessageOrText[]>;
}

/** The server says what is in these, whatever a visitor sends. */
const fixedTypes: readonly PromptType[] = ['text_read_only', 'text_area_read_only', 'hidden', 'static'];
/** Blank text is an answer of these, and told to be none if it must not be. */
const textTypes: readonly PromptType[] = ['text', 'text_area', 'username', 'email', 'ak-locale'];

/**
 * Reads the answer to a form (flow execution, section 6.2). Keys that are no field of the form are not looked at.
 *
 * @param body what was posted
 */
export async function readPromptAnswer(
  fields: readonly FormField[],
  body: PromptData,
  { data, problemOf, passwordProblems, passwordWeakness, policyProblems }: PromptContext,
): Promise<PromptAnswer> {
  const values: [string, unknown][] = [];
  const errors = new Map<string, FieldMessages>();
  for (const field of fields) {
    try {
      const value = valueOf(field, data, body);
      if (value === undefined) continue;
      const isName = field.type === 'username' || field.type === 'email';
      const problem = isName ? await problemOf(field, value as string) : undefined;
      if (problem !== undefined) throw new Rejection([problem]);
      values.push([field.fieldKey, value]);
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
      errors.set(field.fieldKey, error.messages);
    }
  }
  const answer = Object.fromEntries(values);
  const tooLong = firstTooLong(data, values);
  if (tooLong !== undefined) errors.set(tooLong.key, [message('maxLength', { limit: tooLong.left })]);
  if (passwordsDiffer(fields, answer, errors)) errors.set(nonField, [message('passwordsDiffer')]);
  const password = errors.has(passwordKey) ? undefined : newPasswordIn(answer, data);
  const problems = password === undefined ? [] : passwordProblems(password, { ...body, ...answer });
  if (problems.length > 0) errors.set(passwordKey, problems);
  const weakness = password === undefined || errors.size > 0 ? [] : await passwordWeakness(password, answer);
  if (weakness.length > 0) errors.set(passwordKey, weakness);
  const isKept = password === undefined && known(answer, passwordKey) !== undefined;
  const broken = new Set(errors.keys());
  const isAsked = (key: string): boolean => {
    // The errors of an answer are known already, and the run keeps no password but its sealed hash.
    if (broken.has(key) || (key === passwordKey && isKept)) return false;
    return broken.size === 0 || Object.hasOwn(answer, key);
  };
  const said = await policyProblems?.(answer, isAsked, broken.size === 0);
  if (said !== undefined && said.length > 0) {
    errors.set(nonField, [...((errors.get(nonField) ?? []) as readonly MessageOrText[]), ...said]);
  }
  return errors.size > 0 ? { kind: 'errors', errors: Object.fromEntries(errors) } : { kind: 'values', values: answer };
}

/**
 * The password that an answer holds for the user; undefined if there is none. A field whose value the server decides
 * may hold what the run has kept already.
 */
export function newPasswordIn(answer: PromptData, data: PromptData): string | undefined {
  const password = known(answer, passwordKey);
  if (password === undefined || password === '' || password === known(data, passwordKey)) return undefined;
  return shown(password);
}

/** A form with two passwords asks for one of them twice. One that is not valid is compared with nothing. */
function passwordsDiffer(
  fields: readonly FormField[],
  answer: PromptData,
  errors: ReadonlyMap<string, FieldMessages>,
): boolean {
  const [password, repeated, ...more] = fields.filter(({ type }) => type === 'password');
  if (password === undefined || repeated === undefined || more.length > 0) return false;
  if (errors.has(password.fieldKey) || errors.has(repeated.fieldKey)) return false;
  return known(answer, password.fieldKey) !== known(answer, repeated.fieldKey);
}

/** The value of one field; undefined for none. */
function valueOf(field: FormField, data: PromptData, body: PromptData): unknown {
  if (field.type === 'separator') return undefined;
  if (fixedTypes.includes(field.type)) return fixedValueOf(field, data);
  const raw = known(body, field.fieldKey);
  if (raw === null) throw new Rejection([message('null')]);
  const coercion = coercionOf(field, data);
  if (raw !== undefined && !isNothing(raw, field)) return coercion(raw);
  // A browser says of a box that is not ticked nothing at all.
  if (field.type === 'checkbox') return false;
  const initial = initialValueOf(field, data);
  if (initial !== '') return coercion(initial);
  if (field.required) throw new Rejection([message('required')]);
  return undefined;
}

/** Pages without scripts send every field of a form, also those that were left empty. */
function isNothing(raw: unknown, { type, required }: FormField): boolean {
  return raw === '' && !textTypes.includes(type) && !(type === 'password' && required);
}

/** What the server says is in the field: what is known in the run, else what the prompt says. */
function fixedValueOf(field: FormField, data: PromptData): unknown {
  const value = known(data, field.fieldKey);
  if (value !== undefined) return value;
  const isPlaceholder = field.initialValue === '' && (field.type === 'hidden' || field.type === 'static');
  return isPlaceholder ? field.placeholder : field.initialValue;
}

function coercionOf(field: FormField, data: PromptData): Coercion {
  const maxLength = longestOf(field);
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

/** One of the choices, which are sent and answered as text, and kept as what they are. */
function oneOf(choices: readonly unknown[]): Coercion {
  return (raw) => {
    const chosen = choices.find((choice) => shown(choice) === shown(raw));
    if (chosen === undefined) throw new Rejection([message('notChoice', { choice: shown(raw) })]);
    return chosen;
  };
}

/** A day, as it was written. */
const date: Coercion<string> = (raw) => {
  const day = typeof raw === 'string' ? raw.trim() : '';
  const time = /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00Z`) : Number.NaN;
  // JavaScript takes the 30th of February for the first of March.
  if (Number.isNaN(time) || !new Date(time).toISOString().startsWith(day)) {
    throw new Rejection([message('notDate')]);
  }
  return day;
};

/** A file as a `data:` URI, kept as it is. */
function dataUri(maxLength: number): Coercion<string> {
  return (raw) => {
    const uri = text({ maxLength })(raw);
    if (!/^data:/i.test(uri)) throw new Rejection([message('notDataUri')]);
    if (!/^data:[^,;]*(;[^,;]*)*;base64,/i.test(uri)) throw new Rejection([message('notBase64')]);
    return uri;
  };
}
