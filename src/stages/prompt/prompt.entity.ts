import { Check, Column, Entity, PrimaryColumn, Unique } from 'typeorm';

import { oneOf } from '../../database/one-of.js';
import { type PromptType, promptTypes } from './prompt-types.js';

/** A field of a form; prompt stages put forms together from them. */
@Entity()
@Unique('uq_prompt_name', ['name'])
@Check('ck_prompt_type', oneOf('type', promptTypes))
export class Prompt {
  @PrimaryColumn({ type: 'uuid', name: 'prompt_uuid' })
  pk!: string;

  @Column({ type: 'text' })
  name!: string;

  /** Under which the value is kept in the run; two prompts may have the same. */
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

  /** The placeholder is an expression of the reference's. It is not evaluated: the text stands for itself. */
  @Column({ type: 'boolean', default: false })
  placeholderExpression!: boolean;

  /** As `placeholderExpression`. */
  @Column({ type: 'boolean', default: false })
  initialValueExpression!: boolean;
}
