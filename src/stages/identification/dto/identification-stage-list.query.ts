import { Flow } from '../../../flows/flow.entity.js';
import { Rejection } from '../../../rest/fields/coercions.js';
import { BooleanFilter, filter, notAvailable, RelationFilter, TextFilter, uuidOf } from '../../../rest/list/filters.js';
import { ListOf, ListQuery } from '../../../rest/list/list-query.js';
import { PasswordStage } from '../../password/password-stage.entity.js';
import { identificationStageColumns } from '../identification-stage.mapper.js';

@ListOf({
  columns: identificationStageColumns,
  search: ['stage.name'],
  order: ['name'],
  ordering: Object.keys(identificationStageColumns),
})
export class IdentificationStageListQuery extends ListQuery {
  @TextFilter({ on: 'stage.name' })
  name?: string;

  @RelationFilter(() => PasswordStage, { on: 'stage.passwordStageId' })
  password_stage?: string;

  // There are no captcha stages, so every key is that of a stage that there is not.
  @filter({ type: 'string', format: 'uuid' }, noSuchStage, (builder) => builder.andWhere('false'))
  captcha_stage?: string;

  @BooleanFilter({ on: 'stage.caseInsensitiveMatching' })
  case_insensitive_matching?: boolean;

  @BooleanFilter({ on: 'stage.showMatchedUser' })
  show_matched_user?: boolean;

  @RelationFilter(() => Flow, { on: 'stage.enrollmentFlowId' })
  enrollment_flow?: string;

  @RelationFilter(() => Flow, { on: 'stage.recoveryFlowId' })
  recovery_flow?: string;

  @RelationFilter(() => Flow, { on: 'stage.passwordlessFlowId' })
  passwordless_flow?: string;

  @BooleanFilter({ on: 'stage.showSourceLabels' })
  show_source_labels?: boolean;
}

function noSuchStage(raw: unknown): never {
  uuidOf(raw);
  throw new Rejection([notAvailable('That choice')]);
}
