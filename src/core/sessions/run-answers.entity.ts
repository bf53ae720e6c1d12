import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * The answers of a flow run, stored once: the session and the links of the run refer to them. A trigger deletes them with
 * the last reference. A row never changes: other answers are another row.
 */
@Entity()
export class RunAnswers {
  /** HMAC under SECRET_KEY of the run and the answers, so that a row belongs to one run and equal answers are one row. */
  @PrimaryColumn({ type: 'text' })
  key!: string;

  /** `PlanContext.prompt_data` as JSON, sealed. */
  @Column({ type: 'text' })
  data!: string;
}
