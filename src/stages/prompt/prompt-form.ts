import type { Challenge } from '../../flow-execution/stage-executor.js';
import { pythonText } from '../../rest/fields/python-text.js';
import type { StagePromptDto } from './dto/prompt-challenge.dto.js';
import type { PromptType } from './prompt-types.js';
import type { Prompt } from './prompt.entity.js';

/** A field of a form. */
export type FormField = Omit<Prompt, 'pk' | 'name'>;

/** Data that a run has collected, keyed by field. */
export type PromptData = Readonly<Record<string, unknown>>;

/** The challenge of a prompt stage. */
export interface PromptChallenge extends Challenge {
  readonly fields: StagePromptDto[];
}

const choiceTypes: readonly PromptType[] = ['radio-button-group', 'dropdown'];

/** Returns the challenge with the form, filled in with the data of the run. */
export function promptChallenge(fields: readonly FormField[], data: PromptData): PromptChallenge {
  return { component: 'ak-stage-prompt', fields: fields.map((field) => fieldChallenge(field, data)) };
}

function fieldChallenge(field: FormField, data: PromptData): StagePromptDto {
  const choices = choicesOf(field, data);
  return {
    field_key: field.fieldKey,
    label: field.label,
    type: field.type,
    required: field.required,
    placeholder: choices === undefined ? placeholderOf(field) : '',
    initial_value: initialValueText(initialValueOf(field, data)),
    order: field.order,
    sub_text: field.subText,
    choices: choices === undefined || choices.length === 0 ? null : choices.map(pythonText),
  };
}

/** Returns the text of an initial value. False becomes empty, because authentik's pages tick a checkbox for any text. */
function initialValueText(value: unknown): string {
  return value === false || value === null ? '' : pythonText(value);
}

/**
 * Returns the choices of a field; undefined for a field without choices. They come from `<key>__choices` in the run's
 * data, or from the lines of the placeholder.
 */
export function choicesOf(field: FormField, data: PromptData): readonly unknown[] | undefined {
  if (!choiceTypes.includes(field.type)) return undefined;
  const planned = ownValue(data, `${field.fieldKey}__choices`);
  if (planned !== undefined) return Array.isArray(planned) ? (planned as unknown[]) : [planned];
  return placeholderOf(field)
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/**
 * Returns the initial value of a field, which is also its value if the response omits it: the run's value for the key,
 * or the prompt's. In a field with choices a value that is not a choice becomes the first choice. Secrets are never
 * returned. Empty text means no value.
 */
export function initialValueOf(field: FormField, data: PromptData): unknown {
  if (isSecret(field)) return '';
  const value = ownValue(data, field.fieldKey) ?? presetOf(field);
  const choices = choicesOf(field, data);
  if (choices === undefined) return value;
  return choices.find((choice) => pythonText(choice) === pythonText(value)) ?? choices[0] ?? '';
}

/** Returns the placeholder. Expressions are not evaluated, and their source is never shown: empty. */
function placeholderOf({ placeholder, placeholderExpression }: FormField): string {
  return placeholderExpression ? '' : placeholder;
}

/** Returns the initial value of the prompt itself; empty for an expression, like `placeholderOf`. */
function presetOf({ initialValue, initialValueExpression }: FormField): string {
  return initialValueExpression ? '' : initialValue;
}

/** Whether the value of a field is a secret: it has a password's type, or its key makes it the user's password. */
export function isSecret({ type, fieldKey }: Pick<FormField, 'type' | 'fieldKey'>): boolean {
  return type === 'password' || fieldKey === passwordKey;
}

/** Key of the value that becomes the user's password. */
export const passwordKey = 'password';

/** Returns the own property of the data; undefined for inherited ones such as `constructor`. */
export function ownValue(data: PromptData, key: string): unknown {
  return Object.hasOwn(data, key) ? data[key] : undefined;
}
