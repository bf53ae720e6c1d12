import { Injectable } from '@nestjs/common';

import { tooManyAttempts } from '../../core/limits/too-many-attempts.js';
import type { Execution } from '../../flow-execution/execution.js';
import { FlowTokens } from '../../flow-execution/flow-token.service.js';
import type { SentLink } from '../../flow-execution/plan.js';
import { LockNotices } from '../../mail/notices/lock-notices.service.js';
import { ProofCodes } from '../../proofs/proof-codes.service.js';
import { type Message, message } from '../../rest/messages/messages.js';
import type { EmailStage } from './email-stage.entity.js';
import { codeMinutes } from './link-mail.js';
import type { Recipient } from './recipient.js';

/** The result of checking a code. */
export type CodeResult =
  | { readonly kind: 'right'; readonly token: string; readonly user: number }
  | { readonly kind: 'wrong'; readonly message: Message }
  | { readonly kind: 'exhausted'; readonly message: Message; readonly token: string };

const messages = {
  malformed: message('codeMalformed'),
  wrong: message('codeWrong'),
  expired: message('codeExpired'),
} as const;

const exhausted = { mail: message('codesOfMailUsedUp'), run: message('codesOfRunUsedUp') } as const;

/**
 * Verifies the codes that mails contain in addition to the link. A code is valid only in the run that requested the mail,
 * and spends the same token as the link.
 */
@Injectable()
export class EmailCodes {
  constructor(
    private readonly codes: ProofCodes,
    private readonly tokens: FlowTokens,
    private readonly notices: LockNotices,
  ) {}

  /**
   * Counts and verifies a code, and spends the token if the code is right.
   *
   * @param seconds validity of the token
   */
  async check(
    { manager, flow, plan, stage, visitor }: Execution<EmailStage>,
    recipient: Recipient,
    link: SentLink | undefined,
    code: string,
    seconds: number,
  ): Promise<CodeResult> {
    const { user, address, typedName } = recipient;
    const token = link?.token ?? '';
    const result = await this.codes.check({
      code,
      mail: link === undefined ? undefined : { key: token, counter: token, expires: link.codeExpires ?? Infinity },
      run: plan.execution,
      recipient,
      client: visitor,
      seconds,
      onLocked: () => this.notices.notify(manager, { user, name: typedName, locales: visitor.locales }),
      spend: async () => {
        if (user === undefined) return false;
        const claim = {
          purposes: ['confirm'] as const,
          flow: flow.pk,
          user: user.pk,
          execution: plan.execution,
          stage: stage.pk,
          address,
          minutes: codeMinutes(stage),
          by: 'code' as const,
        };
        return this.tokens.spend(manager, token, claim);
      },
    });
    if (result.kind === 'exhausted') return { kind: 'exhausted', message: exhausted[result.by], token };
    if (result.kind === 'limited') return { kind: 'wrong', message: tooManyAttempts(result.wait) };
    if (result.kind !== 'right') return { kind: 'wrong', message: messages[result.kind] };
    return user === undefined ? { kind: 'wrong', message: messages.wrong } : { kind: 'right', token, user: user.pk };
  }
}
