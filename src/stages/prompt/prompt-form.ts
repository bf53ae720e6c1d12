import type { Challenge } from '../../flow-execution/stage-executor.js';
import { shown } from '../../rest/fields/coercions.js';
import type { StagePromptDto } from './dto/prompt-challenge.dto.js';
import type { PromptType } from './prompt-types.js';
import type { Prompt } from './prompt.entity.js';

/** What there is to know of a field of a form. */
export type FormField = Omit<Prompt, 'pk' | 'name'>;

/** What is known in a run, by the keys of fields. */
export type PromptData = Readonly<Record<string, unknown>>;

/** The challenge of a prompt stage. */
export interface PromptChallenge extends Challenge {
  readonly fields: StagePromptDto[];
}

const choiceTypes: readonly PromptType[] = ['radio-button-group', 'dropdown'];

/** The form as a visitor is shown it, filled in with what is known already (flow execution, section 6.2). */
export function promptChallenge(fields: readonly FormField[], data: PromptData): PromptChallenge {
  return { component: 'ak-stage-prompt', fields: fields.map((field) => shownField(field, data)) };
}

function shownField(field: FormField, data: PromptData): StagePromptDto {
  const choices = choicesOf(field, data);
  return {
    field_key: field.fieldKey,
    label: field.label,
    type: field.type,
    required: field.required,
    placeholder: choices === undefined ? field.placeholder : '',
    initial_value: shownValue(initialValueOf(field, data)),
    order: field.order,
    sub_text: field.subText,
    choices: choices === undefined || choices.length === 0 ? null : choices.map(shown),
  };
}

/** False is shown as nothing: the reference's pages tick a box for any text. */
function shownValue(value: unknown): string {
  return value === false || value === null ? '' : shown(value);
}

/**
 * What can be chosen; undefined for a field without choices. They are what the run says under `<key>__choices`, else
 * the lines of the placeholder. A placeholder that is an expression is one choice, for nothing is evaluated.
 */
export function choicesOf(field: FormField, data: PromptData): readonly unknown[] | undefined {
  if (!choiceTypes.includes(field.type)) return undefined;
  const told = known(data, `${field.fieldKey}__choices`);
  if (told !== undefined) return Array.isArray(told) ? (told as unknown[]) : [told];
  if (field.placeholderExpression) return field.placeholder === '' ? [] : [field.placeholder];
  return field.placeholder
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/**
 * What is in the field at first, and counts if a visitor leaves it out: what is known already, else what the prompt
 * says; of choices only one that there is, else the first. Empty text is nothing. A secret is never told.
 */
export function initialValueOf(field: FormField, data: PromptData): unknown {
  if (isSecret(field)) return '';
  const value = known(data, field.fieldKey) ?? field.initialValue;
  const choices = choicesOf(field, data);
  if (choices === undefined) return value;
  return choices.find((choice) => shown(choice) === shown(value)) ?? choices[0] ?? '';
}

/** Whether what is typed is a secret: a password, or what is written as the user's password whatever it looks like. */
export function isSecret({ type, fieldKey }: Pick<FormField, 'type' | 'fieldKey'>): boolean {
  return type === 'password' || fieldKey === passwordKey;
}

/** The key whose value becomes the user's password. */
export const passwordKey = 'password';

/** What is known under a key; `constructor` and the like are keys as any other. */
export function known(data: PromptData, key: string): unknown {
  return Object.hasOwn(data, key) ? data[key] : undefined;
}
