import { Inject, Injectable } from '@nestjs/common';

import { publicUrl, SETTINGS, type Settings } from '../../config/settings.js';
import { DatabaseClock } from '../../database/database-clock.js';
import { EventLog } from '../../events/event-log.js';
import type { Execution } from '../../flow-execution/execution.js';
import { MailRenderer } from '../../mail/rendering/mail-renderer.js';
import { sampleMail } from '../../mail/rendering/sample-mail.js';
import { ProofLimits } from '../../proofs/proof-limits.service.js';
import { TemplateError } from '../../templating/template-error.js';
import type { EmailStage } from './email-stage.entity.js';
import { templateOf } from './mail-defaults.js';

/** How long the result for a valid template is cached, in milliseconds. */
const validForMs = 10_000;

/**
 * Checks that a template can be rendered before a mail is queued. A worker would detect the error too, but the visitor
 * would wait for a mail that never arrives.
 */
@Injectable()
export class TemplateCheck {
  private readonly validUntil = new Map<string, number>();

  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly renderer: MailRenderer,
    private readonly limits: ProofLimits,
    private readonly events: EventLog,
    private readonly clock: DatabaseClock,
  ) {}

  /** Whether the mails of the stage can be rendered; if not, writes an event for administrators. */
  async passes({ manager, stage, flow, visitor }: Execution<EmailStage>): Promise<boolean> {
    const template = templateOf(stage, flow.designation);
    if ((this.validUntil.get(template) ?? 0) > performance.now()) return true;
    const data = sampleMail('jane.doe@example.org', publicUrl(this.settings), this.clock.date());
    try {
      await this.renderer.render({ template, subject: stage.subject, locale: 'en', data });
      this.validUntil.set(template, performance.now() + validForMs);
      return true;
    } catch (error) {
      // A transient error: the worker retries.
      if (!(error instanceof TemplateError)) return true;
      // Visitors can trigger this, so at most one event per hour.
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
