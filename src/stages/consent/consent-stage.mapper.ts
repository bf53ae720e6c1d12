import type { StageDto } from '../../flows/dto/stage.dto.js';
import type { Columns } from '../../rest/list/list-query.js';
import type { ConsentStageDto } from './dto/consent-stage.dto.js';

/** What is read of a consent stage for the clients, of a statement that calls it `stage`. */
export const consentStageColumns = {
  pk: 'stage.pk',
  name: 'stage.name',
  mode: 'stage.mode',
  consent_expire_in: 'stage.consentExpireIn',
} satisfies Columns;

/** A row of those columns. */
export type ConsentStageRow = Pick<ConsentStageDto, keyof typeof consentStageColumns>;

/** What clients see of a consent stage besides what every stage has. */
export function consentStageFields(row: ConsentStageRow): Omit<ConsentStageDto, keyof StageDto> {
  return { mode: row.mode, consent_expire_in: row.consent_expire_in };
}
