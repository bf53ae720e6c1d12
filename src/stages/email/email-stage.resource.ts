import { Resource } from '../../rest/resource.js';
import { EmailStageDto } from './dto/email-stage.dto.js';
import { EmailStage } from './email-stage.entity.js';

/** The routes below `/stages/email/`. */
export const emailStages = new Resource({
  operations: 'stages_email',
  model: 'authentik_stages_email.emailstage',
  noun: 'email stage',
  answer: EmailStageDto,
  cached: true,
  lookup: {
    entity: () => EmailStage,
    parameter: 'stage_uuid',
    property: 'pk',
    format: 'uuid',
    description: 'UUID of the email stage.',
  },
});
