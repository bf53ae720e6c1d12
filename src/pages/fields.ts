import type { ResponseErrors } from '../flow-execution/executor-answer.js';
import type { Wording } from './wording.js';

/** Controls that templates know (`parts/field.html`); the rest are types of `<input>`. */
export type Control =
  | 'checkbox'
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

/** One field of a form, as it is asked for. */
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
  /** What is typed is a name or a code: keyboards leave it alone. */
  readonly verbatim?: boolean;
  /** A password that may be looked at while it is typed. */
  readonly reveal?: boolean;
  /** How the control looks, as a class of the style sheet. */
  readonly look?: string;
  readonly step?: string;
  /** Left empty it is not sent at all: an empty text is no number and no date. */
  readonly omitEmpty?: boolean;
}

/** What is known of a form besides its fields. */
export interface FormState {
  readonly errors: ResponseErrors;
  /** What the visitor typed the last time, by field; never a password. */
  readonly typed: Readonly<Record<string, string>>;
}

/** Fields as templates show them, with what is wrong about them. */
export interface ShownForm {
  readonly fields: readonly object[];
  /** Fields that are wrong, for the summary above the form. */
  readonly wrong: readonly { readonly id: string; readonly label: string; readonly error: string }[];
  /** What is wrong with no field of the form. */
  readonly errors: readonly string[];
  /** Whether it can only be sent as `multipart/form-data`. */
  readonly multipart: boolean;
}

/** Controls that nothing is typed into, so the cursor does not belong there. */
const untyped: readonly Control[] = ['hidden', 'separator', 'static', 'file'];

/** Puts fields, errors and what was typed before together. The first field that is wrong, or empty, gets the cursor. */
export function showForm(fields: readonly Field[], { errors, typed }: FormState, wording: Wording): ShownForm {
  const told = fields.map((field) => errorOf(errors, field.name, wording));
  const cursor = cursorAmong(fields, told);
  const shown = fields.map((field, index) => showField(field, index, told[index], index === cursor, typed));
  const names = new Set(fields.map(({ name }) => name));
  return {
    fields: shown,
    wrong: fields.flatMap(({ label }, index) => {
      const error = told[index];
      return error === undefined ? [] : [{ id: idOf(index), label, error }];
    }),
    errors: Object.entries(errors).flatMap(([name, list]) =>
      names.has(name) ? [] : list.map((each) => wording.of(each)),
    ),
    multipart: fields.some(({ control }) => control === 'file'),
  };
}

function showField(
  field: Field,
  index: number,
  error: string | undefined,
  hasCursor: boolean,
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
    autofocus: hasCursor,
    describedby: notes.join(' '),
    omit_empty: omitEmpty,
    choices: choices?.map((choice) => ({ ...choice, chosen: choice.value === value })),
  };
}

function valueOf({ name, control, value, readonly }: Field, typed: FormState['typed']): string {
  const keepsOwn = readonly === true || ['hidden', 'static', 'password', 'file'].includes(control);
  return (keepsOwn || !Object.hasOwn(typed, name) ? value : typed[name]) ?? '';
}

function cursorAmong(fields: readonly Field[], told: readonly (string | undefined)[]): number {
  const isTyped = ({ control, readonly }: Field): boolean => readonly !== true && !untyped.includes(control);
  const wrong = fields.findIndex((field, index) => told[index] !== undefined && isTyped(field));
  return wrong >= 0 ? wrong : fields.findIndex((field) => isTyped(field) && (field.value ?? '') === '');
}

function errorOf(errors: ResponseErrors, name: string, wording: Wording): string | undefined {
  if (!Object.hasOwn(errors, name)) return undefined;
  const texts = (errors[name] ?? []).map((each) => wording.of(each));
  return texts.length === 0 ? undefined : [...new Set(texts)].join(' ');
}

/** A key of a field may hold anything; ids are ours. */
function idOf(index: number): string {
  return `field-${index + 1}`;
}
