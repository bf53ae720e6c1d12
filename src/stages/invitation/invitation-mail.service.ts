import { randomUUID } from 'node:crypto';

import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { SETTINGS, type Settings } from '../../config/settings.js';
import type { Caller } from '../../core/access/caller.js';
import { Idempotency } from '../../core/idempotency/idempotency.service.js';
import type { IdempotentRequest } from '../../core/idempotency/idempotent-request.js';
import { RequestLimits } from '../../core/limits/request-limits.service.js';
import { linkSecret, secretDigest } from '../../database/link-secret.js';
import { SecretBox } from '../../database/secret-box.js';
import { Flow } from '../../flows/flow.entity.js';
import { MailSenders } from '../../mail/delivery/mail-senders.js';
import { Outbox } from '../../mail/outbox/outbox.service.js';
import { ProofLimits } from '../../proofs/proof-limits.service.js';
import { AppError } from '../../rest/errors/app-error.js';
import { nonField, ValidationError } from '../../rest/errors/validation-error.js';
import { negotiateLanguage } from '../../templating/language/locale.js';
import type { InvitationMailRequestDto } from './dto/invitation-mail.dto.js';
import type { Invitation } from './invitation.entity.js';

/** Mails that one recipient can get, as from an email stage. */
const perRecipient = { source: 'invitation', times: 5, seconds: 300 };

/** Mails the links of invitations. */
@Injectable()
export class InvitationMail {
  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly idempotency: Idempotency,
    private readonly requests: RequestLimits,
    private readonly limits: ProofLimits,
    private readonly outbox: Outbox,
    private readonly senders: MailSenders,
    private readonly secrets: SecretBox,
  ) {}

  /**
   * Mails an invitation to one address. Its link has a secret of its own, which no one but the reader of the mail knows, so
   * that it can prove the address. A mail to another address ends the link of the earlier mail.
   *
   * @throws ValidationError if the invitation is for no flow, or has expired
   * @throws AppError `tooManyRequests` if the caller or the recipient has reached a limit
   */
  async send(
    { pk, flowId }: Invitation,
    { email, locale }: InvitationMailRequestDto,
    by: Caller,
    idempotent: IdempotentRequest | undefined,
  ): Promise<void> {
    if ((await this.idempotency.earlier(idempotent)) !== undefined) return;
    if (flowId === null) throw refusal('Limit the invitation to a flow first: its link leads there.');
    await this.count(email, by);
    await this.idempotency.once(idempotent, async (manager) => {
      const { key, expires } = await this.nextLink(manager, pk, email);
      const { slug } = await manager.findOneByOrFail(Flow, { pk: flowId });
      await this.outbox.enqueue(manager, {
        stage: null,
        fromAddress: this.senders.global().from.address,
        recipient: { name: '', address: email },
        template: 'email/invitation.html',
        subject: null,
        locale: negotiateLanguage(locale === undefined ? [] : [locale]),
        data: {
          user: { username: email, name: '', email },
          link: { path: `/if/flow/${slug}/`, query: '', parameter: 'itoken', key: keyOf(key) },
          ...(expires !== null && { expires: expires.toISOString() }),
        },
        deadline: expires,
      });
      return {};
    });
  }

  /** Stores the address and the digest of the link's secret. The same address keeps its link. */
  private async nextLink(
    manager: EntityManager,
    pk: string,
    address: string,
  ): Promise<{ key: string; expires: Date | null }> {
    const [[row]] = await manager.query<[{ key: string; expires: Date | null }[], number]>(
      `update "invitation" set mailed_to = $2::text, mail_key = case when mailed_to = $2::text then mail_key else $3::uuid end
        where invite_uuid = $1 and (expires is null or expires > now()) returning mail_key as key, expires`,
      [pk, address, randomUUID()],
    );
    if (row === undefined) throw refusal('The invitation has expired.');
    const digest = secretDigest(linkSecret(keyOf(row.key), this.secrets));
    await manager.query('update "invitation" set mail_key_hash = $2 where invite_uuid = $1', [pk, digest]);
    return row;
  }

  private async count(email: string, { pk }: Caller): Promise<void> {
    const perCaller = { times: this.settings.verificationCallerLimit, seconds: 60 };
    const wait = await this.requests.count(`invitation:caller:${pk}`, perCaller);
    if (wait > 0) throw new AppError('tooManyRequests', String(wait));
    const recipient = { user: undefined, address: email, typedName: email };
    const verdict = await this.limits.countMail(recipient, perRecipient, { clientIp: undefined });
    if (verdict.kind === 'limited') throw new AppError('tooManyRequests', String(verdict.wait));
    if (verdict.kind === 'suppressed') throw new AppError('tooManyRequests', String(perRecipient.seconds));
  }
}

/** Returns the key that the secret of a link is derived from, with a prefix that no other link uses. */
function keyOf(key: string): string {
  return `invitation:${key}`;
}

function refusal(text: string): ValidationError {
  return new ValidationError({ [nonField]: [text] });
}
