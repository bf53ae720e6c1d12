import type { StageDto } from '../../flows/dto/stage.dto.js';
import type { Columns } from '../../rest/list/list-query.js';
import type { DenyStageDto } from './dto/deny-stage.dto.js';

/** What is read of a deny stage for the clients, of a statement that calls it `stage`. */
export const denyStageColumns = {
  pk: 'stage.pk',
  name: 'stage.name',
  deny_message: 'stage.denyMessage',
} satisfies Columns;

/** A row of those columns. */
export type DenyStageRow = Pick<DenyStageDto, keyof typeof denyStageColumns>;

/** What clients see of a deny stage besides what every stage has. */
export function denyStageFields({ deny_message }: DenyStageRow): Omit<DenyStageDto, keyof StageDto> {
  return { deny_message };
}
