import { type AddressObject, simpleParser } from 'mailparser';

/** A parsed mail for display. */
export interface ReceivedMail {
  readonly subject: string;
  readonly from: string;
  readonly to: string;
  readonly date: Date | undefined;
  /** With inline images as `data:` URLs; undefined for a plain-text mail. */
  readonly html: string | undefined;
  readonly text: string;
  /** Raw header lines, unfolded. */
  readonly headers: readonly string[];
  readonly attachments: readonly { readonly filename: string; readonly contentType: string; readonly bytes: number }[];
}

/** Parses a MIME message. */
export async function readMail(source: Buffer): Promise<ReceivedMail> {
  const mail = await simpleParser(source, { skipHtmlToText: true, skipTextToHtml: true, skipTextLinks: true });
  return {
    subject: mail.subject ?? '',
    from: mail.from?.text ?? '',
    to: formatAddresses(mail.to),
    date: mail.date,
    html: mail.html === false ? undefined : mail.html,
    text: mail.text ?? '',
    headers: mail.headerLines.map(({ line }) => line.replace(/\r?\n[ \t]+/g, ' ')),
    attachments: mail.attachments.map(({ filename, contentType, size }) => ({
      filename: filename ?? '(unnamed)',
      contentType,
      bytes: size,
    })),
  };
}

/** What lists show and search. */
export type MailSummary = Pick<ReceivedMail, 'subject' | 'from' | 'to'>;

/** Returns subject, sender and recipients; parses the headers only. */
export async function readSummary(source: Buffer): Promise<MailSummary> {
  const end = source.indexOf('\r\n\r\n');
  const { subject, from, to } = await readMail(end === -1 ? source : source.subarray(0, end + 4));
  return { subject, from, to };
}

/**
 * Returns the distinct http and https links of a mail, those below `own` first.
 */
export function linksIn({ html = '', text }: Pick<ReceivedMail, 'html' | 'text'>, own: string): string[] {
  const inHtml = [...html.matchAll(/\shref\s*=\s*(?:"([^"]*)"|'([^']*)')/gi)].map(([, double, single]) =>
    decodeEntities(double ?? single ?? ''),
  );
  const inText = [...text.matchAll(/https?:\/\/[^\s<>"]+/gi)].map(([address]) => address.replace(/[.,;:!?)\]]+$/, ''));
  const links = [...new Set([...inHtml, ...inText])].filter((address) => /^https?:\/\//i.test(address));
  const isOwn = (address: string): boolean => address === own || address.startsWith(`${own}/`);
  return [...links.filter(isOwn), ...links.filter((address) => !isOwn(address))];
}

/**
 * Returns the one-time code of a mail: six digits that are alone in an element of the HTML, or at the end of a line of the
 * text after a colon.
 */
export function codeIn({ html = '', text }: Pick<ReceivedMail, 'html' | 'text'>): string | undefined {
  return (/>\s*(\d{6})\s*</.exec(html) ?? /(?:^|[:：])\s*(\d{6})\s*$/m.exec(text))?.[1];
}

const characters = new Map([
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
  ['lt', '<'],
  ['gt', '>'],
]);

/** Decodes the character references that occur in URLs. */
function decodeEntities(text: string): string {
  return text.trim().replace(/&(#x[0-9a-f]{1,6}|#\d{1,7}|[a-z]+);/gi, (all, name: string) => {
    if (!name.startsWith('#')) return characters.get(name.toLowerCase()) ?? all;
    const code = Number(name.slice(1).replace(/^x/i, '0x'));
    return code <= 0x10ffff ? String.fromCodePoint(code) : all;
  });
}

function formatAddresses(addresses: AddressObject | AddressObject[] | undefined): string {
  return [addresses ?? []]
    .flat()
    .map(({ text }) => text)
    .join(', ');
}
