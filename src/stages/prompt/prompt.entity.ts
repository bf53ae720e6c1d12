import { Check, Column, Entity, PrimaryColumn, Unique } from 'typeorm';

import { oneOf } from '../../database/one-of.js';
import { type PromptType, promptTypes } from './prompt-types.js';

/** A form field, which prompt stages use. */
@Entity()
@Unique('uq_prompt_name', ['name'])
@Check('ck_prompt_type', oneOf('type', promptTypes))
export class Prompt {
  @PrimaryColumn({ type: 'uuid', name: 'prompt_uuid' })
  pk!: string;

  @Column({ type: 'text' })
  name!: string;

  /** Key of the value in the run's data; not unique. */
  @Column({ type: 'text' })
  fieldKey!: string;

  @Column({ type: 'text' })
  label!: string;

  @Column({ type: 'text' })
  type!: PromptType;

  @Column({ type: 'boolean', default: true })
  required!: boolean;

  @Column({ type: 'text', default: '' })
  placeholder!: string;

  @Column({ type: 'text', default: '' })
  initialValue!: string;

  @Column({ type: 'integer', default: 0 })
  order!: number;

  @Column({ type: 'text', default: '' })
  subText!: string;

  /** Whether the placeholder is an expression of authentik. Expressions are kept, and shown empty. */
  @Column({ type: 'boolean', default: false })
  placeholderExpression!: boolean;

  /** Like `placeholderExpression`, for the initial value. */
  @Column({ type: 'boolean', default: false })
  initialValueExpression!: boolean;
}
