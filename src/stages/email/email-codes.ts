import { Injectable } from '@nestjs/common';

import { isLocked } from '../../core/limits/guess-limits.service.js';
import { tooManyAttempts } from '../../core/limits/too-many-attempts.js';
import { DatabaseClock } from '../../database/database-clock.js';
import { isOneTimeCode } from '../../database/link-secret.js';
import { SecretBox } from '../../database/secret-box.js';
import type { Execution } from '../../flow-execution/execution.js';
import { FlowTokens } from '../../flow-execution/flow-token.service.js';
import type { SentLink } from '../../flow-execution/plan.js';
import { LockNotices } from '../../mail/notices/lock-notices.service.js';
import { asciiDigits } from '../../rest/fields/coercions.js';
import { type Message, message } from '../../rest/messages/messages.js';
import type { EmailStage } from './email-stage.entity.js';
import { codeMinutes } from './link-mail.js';
import type { Recipient } from './recipient.js';
import { SendLimits } from './send-limits.js';

/** How long guesses are counted, in seconds: beyond the expiry of the token, up to the maximum of a limit. */
const guessMemory = { extra: 3600, max: 315_360_000 };

/** The result of checking a code. */
export type CodeResult =
  | { readonly kind: 'right'; readonly token: string; readonly user: number }
  | { readonly kind: 'wrong'; readonly message: Message }
  | { readonly kind: 'exhausted'; readonly message: Message; readonly token: string };

const wrong: CodeResult = { kind: 'wrong', message: message('codeWrong') };

const expired: CodeResult = { kind: 'wrong', message: message('codeExpired') };

const exhausted = { mail: message('codesOfMailUsedUp'), run: message('codesOfRunUsedUp') } as const;

/**
 * Verifies the codes that mails contain in addition to the link. A code is valid only in the run that requested the mail,
 * and spends the same token as the link.
 */
@Injectable()
export class EmailCodes {
  constructor(
    private readonly tokens: FlowTokens,
    private readonly limits: SendLimits,
    private readonly secrets: SecretBox,
    private readonly notices: LockNotices,
    private readonly clock: DatabaseClock,
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
    const digits = asciiDigits(code).replace(/[\s-]/g, '');
    if (!/^\d{6}$/.test(digits)) return { kind: 'wrong', message: message('codeMalformed') };
    if (link === undefined) return wrong;
    const { token } = link;
    // Counted before verification, in statements of their own: concurrent guesses cannot outrun the limit.
    const span = Math.min(Math.max(seconds, 0) + guessMemory.extra, guessMemory.max);
    const verdict = await this.limits.countCode(token, plan.execution, recipient, visitor, span);
    if (verdict.kind === 'exhausted') return { kind: 'exhausted', message: exhausted[verdict.by], token };
    const { user, address, typedName } = recipient;
    if (isLocked(verdict)) await this.notices.notify(manager, { user, name: typedName, locales: visitor.locales });
    if (verdict.kind === 'limited') return { kind: 'wrong', message: tooManyAttempts(verdict.wait) };
    const isRight = isOneTimeCode(digits, token, this.secrets);
    // Decided by the plan alone, so that known and unknown users get the same result at the same time.
    if ((link.codeExpires ?? Infinity) <= this.clock.now()) return expired;
    if (verdict.kind === 'suppressed' || !isRight || user === undefined) return wrong;
    const claim = {
      purposes: ['confirm'] as const,
      flow: flow.pk,
      user: user.pk,
      execution: plan.execution,
      stage: stage.pk,
      address,
      minutes: codeMinutes(stage),
    };
    if (!(await this.tokens.spend(manager, token, claim))) return wrong;
    await this.limits.codeSucceeded(recipient, visitor);
    return { kind: 'right', token, user: user.pk };
  }
}
