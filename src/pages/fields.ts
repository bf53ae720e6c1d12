import type { ResponseErrors } from '../flow-execution/executor-outcome.js';
import type { Wording } from './wording.js';

/** Controls of `parts/field.html`; the others are types of `<input>`. */
export type Control =
  | 'checkbox'
  | 'code'
  | 'date'
  | 'datetime-local'
  | 'email'
  | 'file'
  | 'hidden'
  | 'number'
  | 'password'
  | 'radio'
  | 'select'
  | 'separator'
  | 'static'
  | 'text'
  | 'textarea';

/** One field of a form. */
export interface Field {
  readonly name: string;
  readonly control: Control;
  readonly label: string;
  readonly value?: string;
  readonly placeholder?: string;
  readonly hint?: string;
  readonly required?: boolean;
  readonly readonly?: boolean;
  readonly choices?: readonly { readonly value: string; readonly label: string }[];
  readonly autocomplete?: string;
  readonly inputmode?: string;
  /** The value is a name or a code: no autocorrection, no capitals. */
  readonly verbatim?: boolean;
  readonly step?: string;
  /** An empty value is not sent: an empty text is not a valid number or date. */
  readonly omitEmpty?: boolean;
}

/** State of a submitted form. */
export interface FormState {
  readonly errors: ResponseErrors;
  /** The last submitted values by field, without passwords. */
  readonly typed: Readonly<Record<string, string>>;
}

/** An error and the fields that have it. */
interface WrongFields {
  readonly error: string;
  readonly fields: readonly { readonly id: string; readonly label: string }[];
}

/** A form as templates read it. */
export interface FormView {
  readonly fields: readonly object[];
  /** The errors of fields, for the summary above the form; fields with the same error share an entry. */
  readonly wrong: readonly WrongFields[];
  /** Errors that belong to no field of the form. */
  readonly errors: readonly string[];
  /** The form has to be sent as `multipart/form-data`. */
  readonly multipart: boolean;
}

/** Controls that take no typed input and get no focus. */
const withoutInput: readonly Control[] = ['hidden', 'separator', 'static', 'file'];

/** Combines fields, errors and submitted values. The first invalid field gets the focus, else the first empty one. */
export function formView(fields: readonly Field[], { errors, typed }: FormState, wording: Wording): FormView {
  const errorTexts = fields.map((field) => errorOf(errors, field.name, wording));
  const focused = focusedField(fields, errorTexts);
  const shown = fields.map((field, index) => fieldView(field, index, errorTexts[index], index === focused, typed));
  const names = new Set(fields.map(({ name }) => name));
  return {
    fields: shown,
    wrong: summaryOf(fields, errorTexts),
    errors: Object.entries(errors).flatMap(([name, list]) =>
      names.has(name) ? [] : list.map((each) => wording.message(each)),
    ),
    multipart: fields.some(({ control }) => control === 'file'),
  };
}

function summaryOf(fields: readonly Field[], errorTexts: readonly (string | undefined)[]): WrongFields[] {
  const wrong = fields.flatMap(({ label }, index) => {
    const error = errorTexts[index];
    return error === undefined ? [] : [{ error, id: idOf(index), label }];
  });
  return [...new Set(wrong.map(({ error }) => error))].map((error) => ({
    error,
    fields: wrong.filter((each) => each.error === error).map(({ id, label }) => ({ id, label })),
  }));
}

function fieldView(
  field: Field,
  index: number,
  error: string | undefined,
  isFocused: boolean,
  typed: FormState['typed'],
): object {
  const { omitEmpty, choices, ...rest } = field;
  const id = idOf(index);
  const value = valueOf(field, typed);
  const notes = [...(field.hint ? [`${id}-hint`] : []), ...(error === undefined ? [] : [`${id}-wrong`])];
  return {
    ...rest,
    id,
    value,
    error,
    autofocus: isFocused,
    describedby: notes.join(' '),
    omit_empty: omitEmpty,
    choices: choices?.map((choice) => ({ ...choice, chosen: choice.value === value })),
  };
}

function valueOf({ name, control, value, readonly }: Field, typed: FormState['typed']): string {
  const keepsOwn = readonly === true || ['hidden', 'static', 'password', 'file'].includes(control);
  return (keepsOwn || !Object.hasOwn(typed, name) ? value : typed[name]) ?? '';
}

function focusedField(fields: readonly Field[], errorTexts: readonly (string | undefined)[]): number {
  const isTyped = ({ control, readonly }: Field): boolean => readonly !== true && !withoutInput.includes(control);
  const wrong = fields.findIndex((field, index) => errorTexts[index] !== undefined && isTyped(field));
  return wrong >= 0 ? wrong : fields.findIndex((field) => isTyped(field) && (field.value ?? '') === '');
}

function errorOf(errors: ResponseErrors, name: string, wording: Wording): string | undefined {
  if (!Object.hasOwn(errors, name)) return undefined;
  const texts = (errors[name] ?? []).map((each) => wording.message(each));
  return texts.length === 0 ? undefined : [...new Set(texts)].join(' ');
}

/** Field keys may contain any characters, so element ids are numbered. */
function idOf(index: number): string {
  return `field-${index + 1}`;
}
