import { GroupMemberDto } from '../../../core/groups/dto/group.dto.js';
import { FlowDto } from '../../../flows/dto/flow.dto.js';
import { Flow } from '../../../flows/flow.entity.js';
import { describeConstraint } from '../../../rest/errors/database-conflict.js';
import { ResponseOf, PatchOf, RequestOf } from '../../../rest/fields/derived.js';
import { DefaultsOf } from '../../../rest/fields/document-defaults.js';
import {
  BooleanField,
  DateTimeField,
  DictionaryField,
  EmailField,
  ObjectField,
  SlugField,
  UuidField,
} from '../../../rest/fields/fields.js';
import { exists } from '../../../rest/fields/rules.js';
import { Invitation } from '../invitation.entity.js';

describeConstraint('fk_invitation_flow', 'flow', 'The flow has just been deleted.');

/** The fields of an invitation. */
class InvitationFields {
  @UuidField({
    readOnly: true,
    description: 'Key of the invitation, used in its link: `/if/flow/<slug>/?itoken=<pk>`.',
  })
  pk!: string;

  @SlugField({ required: true, maxLength: 50, description: 'Name for administrators.', example: 'welcome-jane' })
  name!: string;

  @DateTimeField({ nullable: true, description: 'Time at which the invitation expires; null for never.' })
  expires!: Date | null;

  @DictionaryField({
    description: 'Data for the run, keyed by `field_key` of prompts. A password is refused.',
    rules: [holdsNoPassword],
  })
  fixed_data!: Record<string, unknown>;

  @ObjectField(GroupMemberDto, { description: 'User who created the invitation.' })
  created_by!: GroupMemberDto;

  @BooleanField({ description: 'Delete the invitation when it is redeemed.' })
  single_use!: boolean;

  @UuidField({
    nullable: true,
    description: 'Restricts the invitation to one flow, with which it is deleted. Null for every flow.',
    rules: [exists(() => Flow)],
  })
  flow!: string | null;

  @ObjectField(FlowDto, { nullable: true, description: 'Flow that the invitation is limited to; null if none.' })
  flow_obj!: FlowDto | null;

  @EmailField({ readOnly: true, nullable: true, description: 'Address that it was last mailed to; null if none.' })
  mailed_to!: string | null;
}

/** An invitation. */
export class InvitationDto extends ResponseOf(InvitationFields) {}

/** An invitation to create or to replace with. */
@DefaultsOf(Invitation)
export class InvitationRequestDto extends RequestOf(InvitationFields) {}

/** Changes to an invitation. */
export class PatchedInvitationRequestDto extends PatchOf(InvitationRequestDto) {}

/** Refuses a password, which everyone who may view invitations could read. */
function holdsNoPassword(data: Record<string, unknown>): Promise<string[] | undefined> {
  return Promise.resolve(Object.hasOwn(data, 'password') ? ['An invitation cannot hold a password.'] : undefined);
}
