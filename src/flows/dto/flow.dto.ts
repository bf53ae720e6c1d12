import { describeConstraint } from '../../rest/errors/database-conflict.js';
import { AnswerOf, FieldsWithout, PatchOf, RequestOf } from '../../rest/fields/derived.js';
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

/** What is told of a flow and what can be set (management API, section 5.1). */
class FlowFields {
  @UuidField({ readOnly: true })
  pk!: string;

  @UuidField({ readOnly: true, description: 'What policy bindings name as their target.' })
  policybindingmodel_ptr_id!: string;

  @TextField({ required: true })
  name!: string;

  @SlugField({
    required: true,
    maxLength: 50,
    description: 'Name of the flow in addresses.',
    rules: [unique(() => Flow, 'slug', slugTaken)],
  })
  slug!: string;

  @TextField({ required: true, description: 'Heading that users see.' })
  title!: string;

  @ChoiceField('FlowDesignationEnum', choices.flowDesignations, {
    required: true,
    description: 'What the flow is for.',
  })
  designation!: choices.FlowDesignation;

  @TextField({ readOnly: true, description: 'Address of the image behind the pages.' })
  background!: string;

  @UuidListField({ readOnly: true, description: 'Stages bound to the flow, one entry for each binding.' })
  stages!: string[];

  @UuidListField({ readOnly: true, description: 'Policies bound to the flow.' })
  policies!: string[];

  @IntegerField({ readOnly: true, computed: true, description: 'How many plans of the flow are cached.' })
  cache_count!: number;

  @ChoiceField('PolicyEngineMode', choices.policyEngineModes)
  policy_engine_mode!: choices.PolicyEngineMode;

  @BooleanField({ description: 'Makes the pages simpler, for password managers that need it.' })
  compatibility_mode!: boolean;

  @TextField({ readOnly: true, description: 'Where the flow can be exported.' })
  export_url!: string;

  @ChoiceField('FlowLayoutEnum', choices.flowLayouts)
  layout!: choices.FlowLayout;

  @ChoiceField('DeniedActionEnum', choices.deniedActions, {
    description: 'What happens when somebody may not enter the flow.',
  })
  denied_action!: choices.DeniedAction;

  @ChoiceField('AuthenticationEnum', choices.flowAuthentications, {
    description: 'Who may enter the flow, by how they are signed in.',
  })
  authentication!: choices.FlowAuthentication;
}

const FlowSetFields = FieldsWithout(FlowFields, 'stages', 'policies', 'cache_count', 'authentication');

/** A flow. */
export class FlowDto extends AnswerOf(FlowFields) {}

/** A flow to create, or to put in the place of another. */
export class FlowRequestDto extends RequestOf(FlowFields) {}

/** Changes to a flow. */
export class PatchedFlowRequestDto extends PatchOf(FlowRequestDto) {}

/** A flow as stages tell of it. */
export class FlowSetDto extends AnswerOf(FlowSetFields) {}

/** A flow as a request about a stage may tell of it; it is checked and has no effect. */
export class FlowSetRequestDto extends RequestOf(FlowSetFields) {}

class CacheFields {
  @IntegerField({ readOnly: true, computed: true })
  count!: number;
}

/** How much is cached. */
export class CacheDto extends AnswerOf(CacheFields) {}

class FlowDiagramFields {
  @TextField({ readOnly: true, description: 'Text of Mermaid.' })
  diagram!: string;
}

/** A flow as a diagram. */
export class FlowDiagramDto extends AnswerOf(FlowDiagramFields) {}
