import { linkSecret, oneTimeCode } from '../../src/database/link-secret.js';
import { SecretBox } from '../../src/database/secret-box.js';
import type { StoredMailData } from '../../src/mail/outbox/stored-mail-data.js';
import type { TestApp } from './test-app.js';

/** What the reader of a mail gets, whether a worker sends it or not. */
export interface QueuedMail {
  readonly pk: string;
  /** Path of the link. */
  readonly path: string;
  /** Query of the link, as a page sends it to the executor. */
  readonly query: string;
  /** Six-digit code; empty if the mail has none. */
  readonly code: string;
  /** ID of the user whose flow the link continues; null for other links. */
  readonly user: number | null;
}

/** Returns the mails with links to an address from the outbox; of a mail with several links the first one. */
export async function queuedMails(app: TestApp, address: string): Promise<QueuedMail[]> {
  const secrets = app.nest.get(SecretBox, { strict: false });
  const rows = await app.dataSource.query<{ pk: string; data: StoredMailData; user: number | null }[]>(
    `select m.message_uuid as pk, m.data, t.user_id as user
       from "mail_message" m left join "flow_token" t on t.token_uuid::text = m.data #>> '{link,key}'
      where m.recipient_address = $1 order by m.created`,
    [address],
  );
  return rows.flatMap(({ pk, data, user }) => {
    const link = data.link ?? data.choices?.[0]?.link;
    if (link === undefined) return [];
    const secret = `${link.parameter}=${linkSecret(link.key, secrets)}`;
    const query = link.query === '' ? secret : `${link.query}&${secret}`;
    const code = data.codeKey === undefined ? '' : oneTimeCode(data.codeKey, secrets);
    return [{ pk, path: link.path, query, code, user }];
  });
}
