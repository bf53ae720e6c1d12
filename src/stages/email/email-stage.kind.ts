import type { StageKind } from '../../flows/stage-kinds.js';

export const emailStageKind: StageKind = {
  kind: 'email',
  model: 'authentik_stages_email.emailstage',
  component: 'ak-stage-email-form',
  verboseName: 'Email Stage',
  verboseNamePlural: 'Email Stages',
  description: 'Sends a link by mail and goes on when it has been opened, which proves that the mailbox is theirs.',
};
