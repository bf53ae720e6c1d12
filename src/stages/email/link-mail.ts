import { localeOf } from '../../core/users/settings-of.js';
import type { User } from '../../core/users/user.entity.js';
import type { NewMail } from '../../mail/outbox/outbox.service.js';
import type { StoredMailData } from '../../mail/outbox/stored-mail-data.js';
import { negotiateLanguage } from '../../templating/language/locale.js';
import type { EmailStage } from './email-stage.entity.js';

/** Minutes that a link is valid beyond what its mail says: a mail takes its time, and so does its reader. */
const spareMinutes = 1;

/** How long the links of a stage are valid, in minutes: what the stage is set to, and some to spare. */
export function linkMinutes({ tokenExpiry }: EmailStage): number {
  return tokenExpiry + spareMinutes;
}

/** Minutes that a code is valid at most (OWASP ASVS 5.0, 6.5.5). */
const codeLifetime = 10;

/** How long the code in a mail of a stage is valid, in minutes: never longer than the link. */
export function codeMinutes({ tokenExpiry }: EmailStage): number {
  return Math.min(codeLifetime, tokenExpiry);
}

/** What a mail with a link is made of. */
export interface LinkMail {
  readonly stage: EmailStage;
  /** Of the service itself, for stages that use the global settings. */
  readonly globalSender: string;
  readonly user: Pick<User, 'username' | 'name' | 'attributes' | 'awaitsConfirmation'>;
  readonly address: string;
  /** Whether the address is new to the account in this run, so that its owner may not know the account. */
  readonly isAddressNew?: boolean;
  readonly link: NonNullable<StoredMailData['link']>;
  /** The link that says "this was not me", for a sign-up. */
  readonly notMe?: NonNullable<StoredMailData['link']> | undefined;
  readonly codeKey?: string;
  /** When the link ends. */
  readonly expires: Date;
  /** Languages of whoever asks for the mail; the user's own comes first. */
  readonly locales: readonly string[];
}

/** The mail of a stage that brings a link. It is of no use once the link is too old. */
export function linkMail(mail: LinkMail): NewMail {
  const { stage, globalSender, user, address, link, notMe, codeKey, expires, locales } = mail;
  // A stranger may have signed up with the address: no text of theirs reaches its owner.
  const isStranger = user.awaitsConfirmation || mail.isAddressNew === true;
  const { username, name } = isStranger ? { username: address, name: '' } : user;
  return {
    stage: stage.pk,
    fromAddress: stage.useGlobalSettings ? globalSender : stage.fromAddress,
    recipient: { name, address },
    template: stage.template,
    subject: stage.subject,
    locale: negotiateLanguage([...localeOf(user.attributes), ...locales]),
    data: {
      user: { username, name, email: address },
      link,
      ...(notMe !== undefined && { notMe }),
      ...(codeKey !== undefined && {
        codeKey,
        codeExpires: new Date(expires.getTime() - (linkMinutes(stage) - codeMinutes(stage)) * 60_000).toISOString(),
      }),
      expires: new Date(expires.getTime() - spareMinutes * 60_000).toISOString(),
    },
    deadline: expires,
  };
}
