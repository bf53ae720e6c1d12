import type { FlowDesignation } from '../../flows/flow-choices.js';
import { defaultSubjects } from '../../mail/rendering/subject.js';
import { EmailStage } from './email-stage.entity.js';

/** authentik's defaults: a stage with such a value has none of its own. */
const defaults = new EmailStage();

const confirmationTemplate = 'email/account_confirmation.html';

/** Whether the mails of a stage come from EMAIL_FROM: it uses the global settings, or has the default sender. */
export function sendsFromService({ useGlobalSettings, fromAddress }: EmailStage): boolean {
  return useGlobalSettings || fromAddress === defaults.fromAddress;
}

/** Returns the subject of a stage's mails; null for that of the template, which names the service. */
export function subjectOf({ subject }: EmailStage): string | null {
  return subject === defaults.subject ? null : subject;
}

/** Returns the template of a stage that is not a shipped one, which are about accounts; null if it has none. */
export function customTemplateOf({ template }: EmailStage): string | null {
  return Object.hasOwn(defaultSubjects, template) ? null : template;
}

/** Returns the template of a stage's mails in a flow. The default template, a password reset, makes no sense in a sign-up. */
export function templateOf({ template }: EmailStage, designation: FlowDesignation): string {
  return designation === 'enrollment' && template === defaults.template ? confirmationTemplate : template;
}
