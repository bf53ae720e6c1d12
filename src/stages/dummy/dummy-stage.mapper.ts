import type { StageDto } from '../../flows/dto/stage.dto.js';
import type { Columns } from '../../rest/list/list-query.js';
import type { DummyStageDto } from './dto/dummy-stage.dto.js';

/** What is read of a dummy stage for the clients, of a statement that calls it `stage`. */
export const dummyStageColumns = {
  pk: 'stage.pk',
  name: 'stage.name',
  throw_error: 'stage.throwError',
} satisfies Columns;

/** A row of those columns. */
export type DummyStageRow = Pick<DummyStageDto, keyof typeof dummyStageColumns>;

/** What clients see of a dummy stage besides what every stage has. */
export function dummyStageFields(row: DummyStageRow): Omit<DummyStageDto, keyof StageDto> {
  return { throw_error: row.throw_error };
}
