import { describeConstraint } from '../../rest/errors/database-conflict.js';
import { ResponseOf, FieldsWithout, PatchOf, RequestOf } from '../../rest/fields/derived.js';
import { DefaultsOf } from '../../rest/fields/document-defaults.js';
import {
  BooleanField,
  ChoiceField,
  IntegerField,
  SlugField,
  TextField,
  UuidField,
  UuidListField,
} from '../../rest/fields/fields.js';
import { unique } from '../../rest/fields/rules.js';
import * as choices from '../flow-choices.js';
import { Flow } from '../flow.entity.js';

const slugTaken = 'Flow with this slug already exists.';
describeConstraint('uq_flow_slug', 'slug', slugTaken);

/** Fields of a flow, in requests and responses (management API, section 5.1). */
class FlowFields {
  @UuidField({ readOnly: true, description: 'UUID of the flow.' })
  pk!: string;

  @UuidField({ readOnly: true, description: 'Key that policy bindings use as their target.' })
  policybindingmodel_ptr_id!: string;

  @TextField({ required: true, description: 'Name for administrators.', example: 'Password recovery' })
  name!: string;

  @SlugField({
    required: true,
    maxLength: 50,
    description: 'Name of the flow in URLs.',
    rules: [unique(() => Flow, 'slug', slugTaken)],
    example: 'password-recovery',
  })
  slug!: string;

  @TextField({ required: true, description: 'Heading shown to users.', example: 'Reset your password' })
  title!: string;

  @ChoiceField('FlowDesignationEnum', choices.flowDesignations, {
    required: true,
    description: 'Purpose of the flow.',
  })
  designation!: choices.FlowDesignation;

  @TextField({
    readOnly: true,
    description: 'URL of the background image.',
    example: '/static/dist/assets/images/flow_background.jpg',
  })
  background!: string;

  @UuidListField({ readOnly: true, description: 'Stages bound to the flow, one entry for each binding.' })
  stages!: string[];

  @UuidListField({ readOnly: true, description: 'Policies bound to the flow.' })
  policies!: string[];

  @IntegerField({ readOnly: true, computed: true, description: 'Number of cached plans of the flow.' })
  cache_count!: number;

  @ChoiceField('PolicyEngineMode', choices.policyEngineModes, {
    description: 'Whether all policy bindings must pass, or any.',
  })
  policy_engine_mode!: choices.PolicyEngineMode;

  @BooleanField({ description: 'Simplifies the pages for better compatibility with password managers.' })
  compatibility_mode!: boolean;

  @TextField({
    readOnly: true,
    description: 'URL of the export of the flow.',
    example: '/api/v3/flows/instances/password-recovery/export/',
  })
  export_url!: string;

  @ChoiceField('FlowLayoutEnum', choices.flowLayouts, { description: 'Layout of the pages.' })
  layout!: choices.FlowLayout;

  @ChoiceField('DeniedActionEnum', choices.deniedActions, {
    description: 'What happens when a user is denied access to the flow.',
  })
  denied_action!: choices.DeniedAction;

  @ChoiceField('AuthenticationEnum', choices.flowAuthentications, {
    description: 'Authentication required to enter the flow.',
  })
  authentication!: choices.FlowAuthentication;
}

const FlowSetFields = FieldsWithout(FlowFields, 'stages', 'policies', 'cache_count', 'authentication');

/** A flow. */
export class FlowDto extends ResponseOf(FlowFields) {}

/** Body of a request that creates or replaces a flow. */
@DefaultsOf(Flow)
export class FlowRequestDto extends RequestOf(FlowFields) {}

/** Body of a request that changes a flow. */
export class PatchedFlowRequestDto extends PatchOf(FlowRequestDto) {}

/** Summary of a flow, nested in stages. */
export class FlowSetDto extends ResponseOf(FlowSetFields) {}

/** Summary of a flow nested in a request about a stage; it is validated and has no effect. */
export class FlowSetRequestDto extends RequestOf(FlowSetFields) {}

class CacheFields {
  @IntegerField({ readOnly: true, computed: true, description: 'Number of cached plans; always 0.', example: 0 })
  count!: number;
}

/** Number of cached entries. */
export class CacheDto extends ResponseOf(CacheFields) {}

class FlowDiagramFields {
  @TextField({ readOnly: true, description: 'Source of a Mermaid diagram.', example: 'graph TD' })
  diagram!: string;
}

/** Diagram of a flow. */
export class FlowDiagramDto extends ResponseOf(FlowDiagramFields) {}
