import type { StageDto } from '../../flows/dto/stage.dto.js';
import { columnsOf } from '../../rest/fields/columns-of.js';
import type { Columns } from '../../rest/list/list-query.js';
import type { PromptDto, PromptPreviewRequestDto } from './dto/prompt.dto.js';
import type { FormField } from './prompt-form.js';

/** Columns of a prompt's response, in a statement with the alias `prompt`. */
export const promptColumns = {
  pk: 'prompt.pk',
  name: 'prompt.name',
  field_key: 'prompt.fieldKey',
  label: 'prompt.label',
  type: 'prompt.type',
  required: 'prompt.required',
  placeholder: 'prompt.placeholder',
  initial_value: 'prompt.initialValue',
  order: 'prompt.order',
  sub_text: 'prompt.subText',
  placeholder_expression: 'prompt.placeholderExpression',
  initial_value_expression: 'prompt.initialValueExpression',
} satisfies Columns;

/** A row of those columns. */
export type PromptRow = Pick<PromptDto, keyof typeof promptColumns>;

/** SQL expression for the display name of a prompt, in a statement with the alias `prompt`. */
export const promptName = `concat('Prompt field ''', prompt.fieldKey , ''' type ', prompt.type)`;

/**
 * Returns the response for a prompt.
 *
 * @param stages the stages that use it
 */
export function promptResponse(row: PromptRow, stages: StageDto[]): PromptDto {
  return {
    pk: row.pk,
    name: row.name,
    field_key: row.field_key,
    label: row.label,
    type: row.type,
    required: row.required,
    placeholder: row.placeholder,
    initial_value: row.initial_value,
    order: row.order,
    promptstage_set: stages,
    sub_text: row.sub_text,
    placeholder_expression: row.placeholder_expression,
    initial_value_expression: row.initial_value_expression,
  };
}

/** Returns the form field for a preview of a prompt. */
export function previewOf(request: PromptPreviewRequestDto): FormField {
  const { field_key: fieldKey, label, type, ...others } = request;
  const texts = { placeholder: '', initialValue: '', subText: '' };
  const flags = { required: true, placeholderExpression: false, initialValueExpression: false };
  return { fieldKey, label, type, order: 0, ...texts, ...flags, ...columnsOf<FormField>(others) };
}
