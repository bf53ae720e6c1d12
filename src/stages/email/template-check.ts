import { Inject, Injectable } from '@nestjs/common';

import { publicUrl, SETTINGS, type Settings } from '../../config/settings.js';
import { EventLog } from '../../events/event-log.js';
import type { Execution } from '../../flow-execution/execution.js';
import { MailRenderer } from '../../mail/rendering/mail-renderer.js';
import { TemplateError } from '../../templating/template-error.js';
import type { EmailStage } from './email-stage.entity.js';
import { sampleMail } from './sample-mail.js';
import { SendLimits } from './send-limits.js';

/** Milliseconds that a template is taken to be sound for which was so. */
const soundFor = 10_000;

/**
 * Finds out before a mail is put into the queue whether its template can be rendered. A worker would find out too, but
 * the visitor would wait for a mail that never comes (flow execution, section 4.4).
 */
@Injectable()
export class TemplateCheck {
  private readonly sound = new Map<string, number>();

  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly renderer: MailRenderer,
    private readonly limits: SendLimits,
    private readonly events: EventLog,
  ) {}

  /** Whether mails of the stage can be made; if not, administrators are told so. */
  async passes({ manager, stage, visitor }: Execution<EmailStage>): Promise<boolean> {
    const { template } = stage;
    if ((this.sound.get(template) ?? 0) > Date.now()) return true;
    const data = sampleMail('jane.doe@example.org', publicUrl(this.settings));
    try {
      await this.renderer.render({ template, subject: stage.subject, locale: 'en', data });
      this.sound.set(template, Date.now() + soundFor);
      return true;
    } catch (error) {
      // What will pass is no fault of the template: the worker tries again.
      if (!(error instanceof TemplateError)) return true;
      // Anybody can ask for mails; once an hour is enough to know.
      if (await this.limits.isFirst(`template:${stage.pk}`, 3600)) {
        await this.events.write(manager, {
          action: 'configuration_error',
          app: 'authentik.stages.email',
          context: {
            message: 'Exception occurred while rendering E-mail template',
            template,
            error: error.message,
            stage: { pk: stage.pk, name: stage.name },
          },
          clientIp: visitor.clientIp,
        });
      }
      return false;
    }
  }
}
