import { type AddressObject, simpleParser } from 'mailparser';

/** A mail as its reader sees it. */
export interface ReceivedMail {
  readonly subject: string;
  readonly from: string;
  readonly to: string;
  readonly date: Date | undefined;
  /** With its pictures in it (`data:`); undefined for a mail of plain text. */
  readonly html: string | undefined;
  readonly text: string;
  /** Header lines as they stand there, unfolded. */
  readonly headers: readonly string[];
  readonly attachments: readonly { readonly filename: string; readonly contentType: string; readonly bytes: number }[];
}

/** Reads a mail in MIME. */
export async function readMail(source: Buffer): Promise<ReceivedMail> {
  const mail = await simpleParser(source, { skipHtmlToText: true, skipTextToHtml: true, skipTextLinks: true });
  return {
    subject: mail.subject ?? '',
    from: mail.from?.text ?? '',
    to: addressesIn(mail.to),
    date: mail.date,
    html: mail.html === false ? undefined : mail.html,
    text: mail.text ?? '',
    headers: mail.headerLines.map(({ line }) => line.replace(/\r?\n[ \t]+/g, ' ')),
    attachments: mail.attachments.map(({ filename, contentType, size }) => ({
      filename: filename ?? '(without a name)',
      contentType,
      bytes: size,
    })),
  };
}

/** What a list tells of a mail: nothing but its headers is read. */
export async function readSummary(source: Buffer): Promise<Pick<ReceivedMail, 'subject' | 'to'>> {
  const end = source.indexOf('\r\n\r\n');
  const { subject, to } = await readMail(end === -1 ? source : source.subarray(0, end + 4));
  return { subject, to };
}

/**
 * The addresses that a mail wants its reader to open, each once: http and https, those that begin with `own` first.
 */
export function linksIn({ html = '', text }: Pick<ReceivedMail, 'html' | 'text'>, own: string): string[] {
  const inHtml = [...html.matchAll(/\shref\s*=\s*(?:"([^"]*)"|'([^']*)')/gi)].map(([, double, single]) =>
    withoutEntities(double ?? single ?? ''),
  );
  const inText = [...text.matchAll(/https?:\/\/[^\s<>"]+/gi)].map(([address]) => address.replace(/[.,;:!?)\]]+$/, ''));
  const links = [...new Set([...inHtml, ...inText])].filter((address) => /^https?:\/\//i.test(address));
  const isOwn = (address: string): boolean => address === own || address.startsWith(`${own}/`);
  return [...links.filter(isOwn), ...links.filter((address) => !isOwn(address))];
}

const characters = new Map([
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
  ['lt', '<'],
  ['gt', '>'],
]);

/** As far as addresses need it. */
function withoutEntities(text: string): string {
  return text.trim().replace(/&(#x[0-9a-f]{1,6}|#\d{1,7}|[a-z]+);/gi, (all, name: string) => {
    if (!name.startsWith('#')) return characters.get(name.toLowerCase()) ?? all;
    const code = Number(name.slice(1).replace(/^x/i, '0x'));
    return code <= 0x10ffff ? String.fromCodePoint(code) : all;
  });
}

function addressesIn(addresses: AddressObject | AddressObject[] | undefined): string {
  return [addresses ?? []]
    .flat()
    .map(({ text }) => text)
    .join(', ');
}
