import { localeOf } from '../../core/users/settings-of.js';
import type { User } from '../../core/users/user.entity.js';
import type { StoredLink } from '../../database/link-secret.js';
import type { FlowDesignation } from '../../flows/flow-choices.js';
import type { NewMail } from '../../mail/outbox/outbox.service.js';
import type { MailLimit } from '../../proofs/proof-limits.service.js';
import { codeMinutesOf, linkMinutesOf, statedIn } from '../../proofs/proof-times.js';
import { secondsIn } from '../../rest/fields/duration.js';
import { negotiateLanguage } from '../../templating/language/locale.js';
import type { EmailStage } from './email-stage.entity.js';
import { subjectOf, templateOf } from './mail-defaults.js';

/** Returns the validity of a stage's links in minutes, including the grace time. */
export function linkMinutes({ tokenExpiry }: EmailStage): number {
  return linkMinutesOf(tokenExpiry);
}

/** Returns the validity of a stage's codes in minutes, which is never longer than that of the link. */
export function codeMinutes({ tokenExpiry }: EmailStage): number {
  return codeMinutesOf(tokenExpiry);
}

/** Returns how many mails of a stage one recipient can get, including the first one. */
export function mailLimitOf({ pk, recoveryMaxAttempts, recoveryCacheTimeout }: EmailStage): MailLimit {
  return { source: pk, times: Math.max(1, recoveryMaxAttempts), seconds: secondsIn(recoveryCacheTimeout) };
}

/** Data of a mail with a link. */
export interface LinkMail {
  readonly stage: EmailStage;
  /** Designation of the flow that the link belongs to. */
  readonly designation: FlowDesignation;
  /** Address of the sender. */
  readonly from: string;
  readonly user: Pick<User, 'username' | 'name' | 'attributes' | 'awaitsConfirmation'>;
  readonly address: string;
  /** Whether the account gets the address in this run. The owner of the address may not know the account. */
  readonly isAddressNew?: boolean;
  readonly link: StoredLink;
  /** The "this was not me" link of a sign-up. */
  readonly notMe?: StoredLink | undefined;
  readonly codeKey?: string;
  /** Expiry of the link. */
  readonly expires: Date;
  /** Languages of the request. The user's own takes precedence. */
  readonly locales: readonly string[];
}

/** Returns a stage's mail with a link. Its deadline is the expiry of the link. */
export function linkMail(mail: LinkMail): NewMail {
  const { stage, designation, from, user, address, link, notMe, codeKey, expires, locales } = mail;
  // A stranger may have signed up with the address; their text must not reach its owner.
  const isStranger = user.awaitsConfirmation || mail.isAddressNew === true;
  const { username, name } = isStranger ? { username: address, name: '' } : user;
  return {
    stage: stage.pk,
    fromAddress: from,
    recipient: { name, address },
    template: templateOf(stage, designation),
    subject: subjectOf(stage),
    locale: negotiateLanguage([...localeOf(user.attributes), ...locales]),
    data: {
      user: { username, name, email: address },
      link,
      ...(notMe !== undefined && { notMe }),
      ...(codeKey !== undefined && {
        codeKey,
        codeExpires: new Date(expires.getTime() - (linkMinutes(stage) - codeMinutes(stage)) * 60_000).toISOString(),
      }),
      expires: statedIn(expires),
    },
    deadline: expires,
  };
}
