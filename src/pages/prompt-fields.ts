import type { ResponseErrors } from '../flow-execution/executor-outcome.js';
import type { MessageOrText } from '../rest/messages/messages.js';
import type { Control, Field } from './fields.js';
import { pageLanguages } from './page-languages.js';
import type { Wording } from './wording.js';

/** A field of a prompt challenge (flow execution, section 6.2). */
export interface StagePrompt {
  readonly field_key: string;
  readonly label: string;
  readonly type: string;
  readonly required: boolean;
  readonly placeholder: string;
  readonly initial_value: string;
  readonly sub_text: string;
  readonly choices: readonly string[] | null;
}

/** The control of each prompt type. Unknown types are text fields. */
const controls = new Map<string, Partial<Field> & { readonly control: Control }>(
  Object.entries({
    text: { control: 'text' },
    text_area: { control: 'textarea' },
    text_read_only: { control: 'text', readonly: true },
    text_area_read_only: { control: 'textarea', readonly: true },
    username: { control: 'text', autocomplete: 'username', verbatim: true },
    email: { control: 'email', autocomplete: 'email', inputmode: 'email', verbatim: true },
    password: { control: 'password', autocomplete: 'new-password', verbatim: true },
    number: { control: 'number', inputmode: 'numeric', step: '1', omitEmpty: true },
    checkbox: { control: 'checkbox' },
    'radio-button-group': { control: 'radio' },
    dropdown: { control: 'select' },
    date: { control: 'date', omitEmpty: true },
    'date-time': { control: 'datetime-local', omitEmpty: true },
    file: { control: 'file', omitEmpty: true },
    separator: { control: 'separator' },
    hidden: { control: 'hidden' },
    static: { control: 'static' },
    'ak-locale': { control: 'select', autocomplete: 'language' },
  } as const),
);

/** Autocomplete values by the keys under which user data is stored. */
const fillable = new Map(
  Object.entries({
    name: 'name',
    first_name: 'given-name',
    last_name: 'family-name',
    phone: 'tel',
    organization: 'organization',
    company: 'organization',
  }),
);

export function promptField(prompt: StagePrompt, wording: Wording): Field {
  const kind = controls.get(prompt.type) ?? { control: 'text' as const };
  const choices = choicesOf(prompt, wording);
  const autocomplete =
    kind.control === 'text' ? (kind.autocomplete ?? fillable.get(lastPart(prompt.field_key))) : undefined;
  return {
    ...kind,
    ...(autocomplete !== undefined && { autocomplete }),
    ...(choices !== undefined && { choices }),
    name: prompt.field_key,
    label: wording.written(prompt.label),
    value: valueOf(prompt),
    placeholder: placeholderOf(prompt, wording),
    hint: wording.written(prompt.sub_text),
    // An unchecked box is a valid answer.
    required: prompt.required && kind.readonly !== true && kind.control !== 'checkbox',
  };
}

/** Returns the errors of a form, with the one of passwords that differ at both of them. authentik has it at the form. */
export function promptErrors(errors: ResponseErrors, prompts: readonly StagePrompt[]): ResponseErrors {
  const { non_field_errors: all = [], ...others } = errors;
  const [differ, form] = [all.filter(isAboutPasswords), all.filter((each) => !isAboutPasswords(each))];
  const passwords = differ.length === 0 ? [] : prompts.filter(({ type }) => type === 'password');
  return {
    ...others,
    ...(form.length > 0 && { non_field_errors: form }),
    ...Object.fromEntries(passwords.map(({ field_key: key }) => [key, differ])),
  };
}

function isAboutPasswords(error: MessageOrText): boolean {
  return 'code' in error && error.code === 'passwordsDiffer';
}

/** `attributes.phone` and `attributes_phone` are stored under `phone`. */
function lastPart(key: string): string {
  return key.replace(/^attributes[._]/, '');
}

function choicesOf(prompt: StagePrompt, wording: Wording): Field['choices'] {
  if (prompt.type === 'ak-locale') {
    const languages = pageLanguages.map(({ code, name }) => ({ value: code, label: name }));
    return [{ value: '', label: wording.text('automatic') }, ...languages];
  }
  if (prompt.type !== 'dropdown' && prompt.type !== 'radio-button-group') return undefined;
  return (prompt.choices ?? []).map((choice) => ({ value: choice, label: choice }));
}

/** Returns the initial value in the format of the control. */
function valueOf({ type, initial_value: value }: StagePrompt): string {
  if (type === 'checkbox') return ['true', '1', 'yes', 'on'].includes(value.toLowerCase()) ? 'true' : 'false';
  if (type === 'date') return value.slice(0, 10);
  return type === 'date-time' ? value.slice(0, 16).replace(' ', 'T') : value;
}

/** Leaves out a placeholder that repeats the label. */
function placeholderOf({ label, placeholder }: StagePrompt, wording: Wording): string {
  return placeholder === label ? '' : wording.written(placeholder);
}
