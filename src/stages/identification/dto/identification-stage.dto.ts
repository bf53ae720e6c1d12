import { StageFields } from '../../../flows/dto/stage.dto.js';
import { Flow } from '../../../flows/flow.entity.js';
import { describeConstraint } from '../../../rest/errors/database-conflict.js';
import { noSuchRow } from '../../../rest/fields/coercions.js';
import { AnswerOf, PatchOf, RequestOf } from '../../../rest/fields/derived.js';
import type { RuleContext } from '../../../rest/fields/field.js';
import { BooleanField, ChoiceListField, UuidField, UuidListField } from '../../../rest/fields/fields.js';
import { Check } from '../../../rest/fields/read-object.js';
import { exists } from '../../../rest/fields/rules.js';
import { PasswordStage } from '../../password/password-stage.entity.js';
import { IdentificationStage, type UserField, userFields } from '../identification-stage.entity.js';

const flowDeleted = 'The flow has just been deleted.';
describeConstraint('fk_stage_enrollment_flow', 'enrollment_flow', flowDeleted);
describeConstraint('fk_stage_recovery_flow', 'recovery_flow', flowDeleted);
describeConstraint('fk_stage_passwordless_flow', 'passwordless_flow', flowDeleted);
describeConstraint('fk_stage_password_stage', 'password_stage', 'The stage has just been deleted.');

/** The fields of an identification stage. */
class IdentificationStageFields extends StageFields {
  @ChoiceListField('UserFieldsEnum', userFields, {
    allowEmpty: true,
    description: 'What users are found by; `upn` is their attribute of that name.',
  })
  user_fields!: UserField[];

  @UuidField({
    nullable: true,
    description: 'Ask for the password in the same step, by the rules of this stage.',
    rules: [exists(() => PasswordStage)],
  })
  password_stage!: string | null;

  @UuidField({ nullable: true, description: 'Always null: there are no captcha stages here.', rules: [isNoRow] })
  captcha_stage!: string | null;

  @BooleanField({
    description:
      'Find users whatever the case of what is typed. Where two differ only in case, the exact one is meant, or nobody.',
  })
  case_insensitive_matching!: boolean;

  @BooleanField({
    description:
      'Show who was found in the following steps, instead of what was typed. That tells visitors whether there is ' +
      'such a user, also where the stage pretends.',
  })
  show_matched_user!: boolean;

  @UuidField({ nullable: true, description: 'Flow to sign up in, offered as a link.', rules: [exists(() => Flow)] })
  enrollment_flow!: string | null;

  @UuidField({
    nullable: true,
    description: 'Flow to recover an account in, offered as a link.',
    rules: [exists(() => Flow)],
  })
  recovery_flow!: string | null;

  @UuidField({
    nullable: true,
    description: 'Flow to sign in without a password, offered as a link.',
    rules: [exists(() => Flow)],
  })
  passwordless_flow!: string | null;

  @UuidListField({ description: 'Always empty: there are no sources here.', rules: [isNoRow] })
  sources!: string[];

  @BooleanField({ description: 'Name the sources beside their icons.' })
  show_source_labels!: boolean;

  @BooleanField({ description: 'Go on with somebody who does not exist, so that nobody learns who does.' })
  pretend_user_exists!: boolean;
}

/** An identification stage. */
export class IdentificationStageDto extends AnswerOf(IdentificationStageFields) {}

/** An identification stage to create or to replace with. */
@Check(findsSomebody)
export class IdentificationStageRequestDto extends RequestOf(IdentificationStageFields) {}

/** Changes to an identification stage. */
@Check(findsSomebody)
export class PatchedIdentificationStageRequestDto extends PatchOf(IdentificationStageRequestDto) {}

/** The rule for keys of rows of a kind that there is not. */
function isNoRow(_: unknown, _context: RuleContext, raw: unknown): Promise<string[] | undefined> {
  const [first] = [raw].flat();
  return Promise.resolve(first === undefined ? undefined : [noSuchRow(first)]);
}

/** What is not named counts as it is stored. */
function findsSomebody(
  { user_fields }: Partial<IdentificationStageFields>,
  { current }: RuleContext,
): string | undefined {
  const stored = current instanceof IdentificationStage ? current.userFields : [];
  const hasFields = (user_fields ?? stored).length > 0;
  return hasFields ? undefined : 'When no user fields are selected, at least one source must be selected';
}
