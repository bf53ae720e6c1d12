import type { StoredStageKind } from '../../flows/stage-store.js';
import { type EmailStageDto, EmailStageRequestDto, PatchedEmailStageRequestDto } from './dto/email-stage.dto.js';
import { EmailStage } from './email-stage.entity.js';
import { emailStageColumns, emailStageFields } from './email-stage.mapper.js';

export const emailStageKind: StoredStageKind<EmailStage, EmailStageDto> = {
  kind: 'email',
  model: 'authentik_stages_email.emailstage',
  component: 'ak-stage-email-form',
  verboseName: 'Email Stage',
  verboseNamePlural: 'Email Stages',
  description: 'Sends a link by mail and goes on when it has been opened, which proves that the mailbox is theirs.',
  entity: EmailStage,
  request: EmailStageRequestDto,
  patch: PatchedEmailStageRequestDto,
  columns: emailStageColumns,
  own: emailStageFields,
};
