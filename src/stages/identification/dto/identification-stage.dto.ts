import { StageFields } from '../../../flows/dto/stage.dto.js';
import { Flow } from '../../../flows/flow.entity.js';
import { describeConstraint } from '../../../rest/errors/database-conflict.js';
import { noSuchRow } from '../../../rest/fields/coercions.js';
import type { RuleContext } from '../../../rest/fields/field.js';
import { BooleanField, ChoiceListField, UuidField, UuidListField } from '../../../rest/fields/fields.js';
import { exists } from '../../../rest/fields/rules.js';
import { PasswordStage } from '../../password/password-stage.entity.js';
import { IdentificationStage, type UserField, userFields } from '../identification-stage.entity.js';

const flowDeleted = 'The flow has just been deleted.';
describeConstraint('fk_stage_enrollment_flow', 'enrollment_flow', flowDeleted);
describeConstraint('fk_stage_recovery_flow', 'recovery_flow', flowDeleted);
describeConstraint('fk_stage_passwordless_flow', 'passwordless_flow', flowDeleted);
describeConstraint('fk_stage_password_stage', 'password_stage', 'The stage has just been deleted.');

/** The fields of an identification stage. */
export class IdentificationStageFields extends StageFields {
  @ChoiceListField('UserFieldsEnum', userFields, {
    allowEmpty: true,
    description: 'Fields that users are found by; `upn` is the attribute of that name.',
    example: ['username', 'email'],
  })
  user_fields!: UserField[];

  @UuidField({
    nullable: true,
    description: 'Ask for the password in the same step, with the settings of this password stage.',
    rules: [exists(() => PasswordStage)],
  })
  password_stage!: string | null;

  @UuidField({ nullable: true, description: 'Always null: captcha stages are not supported.', rules: [isUnsupported] })
  captcha_stage!: string | null;

  @BooleanField({
    description: 'Ignore case when finding users. If names differ only in case, the exact match is found, or no user.',
  })
  case_insensitive_matching!: boolean;

  @BooleanField({
    description:
      'Show the name of the found user in later steps, instead of what was typed. This reveals whether the user exists, ' +
      'even with `pretend_user_exists`.',
  })
  show_matched_user!: boolean;

  @UuidField({ nullable: true, description: 'Enrollment flow to link to.', rules: [exists(() => Flow)] })
  enrollment_flow!: string | null;

  @UuidField({
    nullable: true,
    description: 'Recovery flow to link to.',
    rules: [exists(() => Flow)],
  })
  recovery_flow!: string | null;

  @UuidField({
    nullable: true,
    description: 'Flow for signing in without a password, to link to.',
    rules: [exists(() => Flow)],
  })
  passwordless_flow!: string | null;

  @UuidListField({ description: 'Always empty: sources are not supported.', rules: [isUnsupported] })
  sources!: string[];

  @BooleanField({ description: 'Show the names of sources next to their icons.' })
  show_source_labels!: boolean;

  @BooleanField({ description: 'Continue with unknown users, so that visitors cannot learn which accounts exist.' })
  pretend_user_exists!: boolean;
}

/** Refuses any key, for relations to objects that are not supported. */
function isUnsupported(_: unknown, _context: RuleContext, raw: unknown): Promise<string[] | undefined> {
  const [first] = [raw].flat();
  return Promise.resolve(first === undefined ? undefined : [noSuchRow(first)]);
}

/** Requires at least one user field; a request without the property keeps the stored ones. */
export function hasUserFields(
  { user_fields }: Partial<IdentificationStageFields>,
  { current }: RuleContext,
): string | undefined {
  const stored = current instanceof IdentificationStage ? current.userFields : [];
  const hasFields = (user_fields ?? stored).length > 0;
  return hasFields ? undefined : 'When no user fields are selected, at least one source must be selected';
}
