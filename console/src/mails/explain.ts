import type { Schema } from '../api/client';
import { t, type TextKey } from '../texts/texts';

type Mail = Schema<'MailMessageDetail'>;
type Attempt = Schema<'DeliveryAttempt'>;

/** What became of a mail, in plain words. */
export interface Explanation {
  readonly title: string;
  /** What is the case. */
  readonly text: string;
  /** What the server said, if it did not accept the mail. */
  readonly reply?: string;
  /** What the reply most likely means, and what to do; undefined if the service does not know. */
  readonly advice: string | undefined;
}

/** Codes of replies (RFC 5321, RFC 4954) whose meaning can be said in a sentence. */
const advices: readonly (readonly [code: RegExp, text: TextKey])[] = [
  [/^421$/, 'why.code421'],
  [/^45[0-2]$/, 'why.code45x'],
  [/^530$/, 'why.code530'],
  [/^535$/, 'why.code535'],
  [/^55[01]$/, 'why.code550'],
  [/^552$/, 'why.code552'],
  [/^553$/, 'why.code553'],
  [/^554$/, 'why.code554'],
];

/** Says where a mail is, or why it did not arrive. */
export function explain(mail: Mail): Explanation {
  const last = mail.timeline.filter(({ outcome }) => outcome !== null).at(-1);
  const server = last?.server ?? '';
  switch (mail.state) {
    case 'sent':
    case 'captured':
      return { title: t('mailPage.whereItIs'), text: t(`why.${mail.state}`, { server }), advice: undefined };
    case 'queued':
    case 'sending':
      return { title: t('mailPage.whatNow'), text: t(`why.${mail.state}`), advice: undefined };
    case 'retrying': {
      const text = server === '' ? t('why.retryingNoServer') : t('why.retrying', { server });
      return { title: t('mailPage.whatNow'), text, reply: replyOf(last), advice: adviceOf(last) };
    }
    case 'discarded':
      return { title: t('mailPage.whyNot'), text: t('why.discarded'), advice: undefined };
    case 'failed':
      return { title: t('mailPage.whyNot'), text: failureOf(last), reply: replyOf(last), advice: adviceOf(last) };
  }
}

function failureOf(last: Attempt | undefined): string {
  if (last === undefined) return t('why.notAttempted');
  // Without a server, the service itself refused to send: its reason says why.
  if (last.outcome === 'refused') return last.server === '' ? last.reason : t('why.refused', { server: last.server });
  return t('why.expired');
}

/** Returns the code and the words of a server; empty if it said nothing. */
function replyOf(last: Attempt | undefined): string {
  return [last?.code ?? '', last?.reply ?? ''].join(' ').trim();
}

function adviceOf(last: Attempt | undefined): string | undefined {
  if (last === undefined) return undefined;
  if (last.code === null) return last.outcome === 'deferred' ? t('why.connection') : undefined;
  const code = String(last.code);
  const [, key] = advices.find(([pattern]) => pattern.test(code)) ?? [];
  return key === undefined ? undefined : t(key);
}

/** Returns the reason of an attempt without the reply, which is shown beside it. */
export function reasonOf({ reason, reply }: Attempt): string {
  const quote = ` Its reply: ${reply}`;
  return reply !== '' && reason.endsWith(quote) ? reason.slice(0, -quote.length) : reason;
}
