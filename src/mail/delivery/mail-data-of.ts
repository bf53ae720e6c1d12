import type { StoredLink } from '../../database/link-secret.js';
import type { StoredMailData } from '../outbox/stored-mail-data.js';
import { type MailData, statedExpiry } from '../rendering/mail-data.js';

/** The links and codes that the stored data of a mail refer to. */
export interface MailSecrets {
  readonly url: (link: StoredLink) => string;
  readonly code: (key: string) => string;
}

/** Returns the data of the template: the stored values, and the links and the code. An expired code is left out. */
export function mailDataOf(data: StoredMailData, { url, code }: MailSecrets, now: Date): MailData {
  return {
    ...data.values,
    ...(data.user !== undefined && { user: data.user }),
    ...(data.link !== undefined && { url: url(data.link) }),
    ...(data.choices !== undefined && {
      choices: data.choices.map(({ username, link }) => ({ username, url: url(link) })),
    }),
    ...(data.notMe !== undefined && { not_me_url: url(data.notMe) }),
    ...codeIn(data, code, now),
    ...(data.expires !== undefined && { expires: statedExpiry(new Date(data.expires)) }),
  };
}

/** Returns the code of a mail, unless it expired while the mail was queued. */
function codeIn(
  { codeKey, codeExpires }: StoredMailData,
  codeOf: MailSecrets['code'],
  now: Date,
): Pick<MailData, 'code' | 'code_expires'> {
  if (codeKey === undefined) return {};
  const code = codeOf(codeKey);
  // Mails queued by older releases have no expiry.
  if (codeExpires === undefined) return { code };
  const expires = new Date(codeExpires);
  return expires.getTime() <= now.getTime() ? {} : { code, code_expires: statedExpiry(expires) };
}
