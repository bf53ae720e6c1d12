import { ChoiceFilter, IntegerFilter, MultiChoiceFilter, TextFilter, UuidFilter } from '../../rest/list/filters.js';
import { ListOf, ListQuery } from '../../rest/list/list-query.js';
import { NotAfterFilter, NotBeforeFilter } from '../../rest/list/time-filters.js';
import { verificationMethods, verificationStates } from '../verification-states.js';
import { verificationColumns } from '../verification.mapper.js';

@ListOf({
  columns: verificationColumns,
  search: ['verification.email', 'verification.externalId'],
  order: ['-created'],
  ordering: Object.keys(verificationColumns).filter((name) => name !== 'data' && name !== 'reason'),
})
export class VerificationListQuery extends ListQuery {
  @NotBeforeFilter({ on: 'verification.created', description: 'Created at or after this time.' })
  created__gte?: Date;

  @NotAfterFilter({ on: 'verification.created', description: 'Created at or before this time.' })
  created__lte?: Date;

  @IntegerFilter({ on: 'verification.createdById', description: 'Key of the user who created the verification.' })
  created_by?: number;

  @TextFilter({ on: 'verification.email', description: 'Address to verify.' })
  email?: string;

  @TextFilter({ on: 'verification.externalId', description: 'Key of the application.' })
  external_id?: string;

  @ChoiceFilter(verificationMethods, { on: 'verification.method', description: 'What the mail contains.' })
  method?: string;

  @UuidFilter({ on: 'verification.stageId', description: 'Key of the email stage.' })
  stage?: string;

  @MultiChoiceFilter(verificationStates, { on: verificationColumns.status, description: 'Any of these states.' })
  status?: string[];

  @IntegerFilter({ on: 'verification.userId', description: 'Key of the user whose address is verified.' })
  user?: number;
}
