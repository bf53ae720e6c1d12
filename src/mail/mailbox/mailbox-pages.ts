import { type Html, html } from './html.js';
import type { FoundMail, KeptMail } from './mailbox.js';
import { linksIn, type ReceivedMail } from './received-mail.js';

/** Path of the pages. */
export const mailboxPath = '/dev/mailbox/';

/** An item of the list. */
type Entry = KeptMail & Pick<ReceivedMail, 'subject' | 'to'>;

export const mailViews = ['html', 'text', 'headers', 'source'] as const;
export type MailView = (typeof mailViews)[number];

const labels: Readonly<Record<MailView, string>> = { html: 'HTML', text: 'Text', headers: 'Headers', source: 'Source' };

/** Renders a page of the list of mails; pages count from 1. */
export function listPage(entries: readonly Entry[], current: number, pages: number): string {
  const adjacentLink = (page: number, label: string): Html | undefined =>
    page >= 1 && page <= pages ? html`<a href="${mailboxPath}?page=${page}">${label}</a>` : undefined;
  const pager = html`<nav class="pages" aria-label="Pages">
    ${adjacentLink(current - 1, 'Newer')} <span>Page ${current} of ${pages}</span> ${adjacentLink(current + 1, 'Older')}
  </nav>`;
  const list = html`<ol class="mails">
      ${entries.map(entryLine)}
    </ol>
    ${pages > 1 ? pager : undefined}`;
  return page('Mailbox', html`<h1>Mailbox</h1>`, entries.length > 0 ? list : emptyState);
}

/**
 * Renders one mail.
 *
 * @param ownUrl PUBLIC_URL; links to it come first
 */
export function mailPage({ pk, kept, source }: FoundMail, mail: ReceivedMail, view: MailView, ownUrl: string): string {
  const path = `${mailboxPath}${pk}/`;
  const views = mailViews.filter((name) => name !== 'html' || mail.html !== undefined);
  const tabs = views.map(
    (name) => html`<a href="${path}?view=${name}" ${name === view ? current : undefined}>${labels[name]}</a> `,
  );
  const heading = html`<p class="back"><a href="${mailboxPath}">Mailbox</a></p>
    <h1>${titleOf(mail.subject)}</h1>
    <dl class="facts">
      ${fact('From', mail.from)} ${fact('To', mail.to)}
      ${fact('Kept', html`${time(kept)}, <a href="${path}source/" download="${pk}.eml">download</a>`)}
      ${mail.attachments.length > 0 ? fact('Attachments', describeAttachments(mail)) : undefined}
    </dl>`;
  const body = html`${linksOf(linksIn(mail, ownUrl))}
    <nav class="tabs" aria-label="Views">${tabs}</nav>
    ${viewOf(view, path, mail, source)}`;
  return page(titleOf(mail.subject), heading, body);
}

const current = html`aria-current="page"`;

function entryLine({ pk, kept, subject, to }: Entry): Html {
  return html`<li>
    <a href="${mailboxPath}${pk}/"><strong>${titleOf(subject)}</strong></a>
    <span class="to">${to}</span>
    ${time(kept)}
  </li> `;
}

const emptyState = html`<section class="empty">
  <p>No mail yet. Send one:</p>
  <pre>npm run email:test -- you@example.org</pre>
  <p>or, for a stage with the global settings, call <code>POST /api/v3/stages/email/{id}/test/</code>.</p>
</section>`;

function linksOf([first, ...others]: readonly string[]): Html | undefined {
  if (first === undefined) return undefined;
  const anchor = (address: string): Html => html`<a href="${address}" rel="noreferrer noopener">${address}</a>`;
  const rest = html`<details>
    <summary>${others.length} more</summary>
    <ul>
      ${others.map((address) => html`<li>${anchor(address)}</li>`)}
    </ul>
  </details>`;
  return html`<section class="links">
    <h2>Link</h2>
    <p>${anchor(first)}</p>
    ${others.length > 0 ? rest : undefined}
  </section>`;
}

function viewOf(view: MailView, path: string, mail: ReceivedMail, source: Buffer): Html {
  switch (view) {
    case 'html':
      return html`<iframe src="${path}html/" sandbox title="Mail preview"></iframe>`;
    case 'text':
      return html`<pre class="text">${mail.text}</pre>`;
    case 'headers':
      return html`<table class="headers">
        ${mail.headers.map(headerRow)}
      </table>`;
    case 'source':
      return html`<pre class="source">${source.toString()}</pre>`;
  }
}

function headerRow(line: string): Html {
  const colon = line.indexOf(':');
  return html`<tr>
    <th scope="row">${line.slice(0, colon)}</th>
    <td>${line.slice(colon + 1).trim()}</td>
  </tr>`;
}

function describeAttachments({ attachments }: ReceivedMail): string {
  return attachments
    .map(({ filename, contentType, bytes }) => `${filename} (${contentType}, ${bytes} bytes)`)
    .join(', ');
}

function fact(name: string, value: string | Html): Html {
  return html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;
}

function titleOf(subject: string): string {
  return subject.trim() === '' ? '(no subject)' : subject;
}

const timeFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

function time(date: Date): Html {
  return html`<time datetime="${date.toISOString()}">${timeFormat.format(date)}</time>`;
}

function page(title: string, heading: Html, body: Html): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · email-stage</title>
        <link rel="stylesheet" href="${mailboxPath}style.css" />
      </head>
      <body>
        <header>${heading}</header>
        <main>${body}</main>
        <footer>
          Mails are kept here because no mail server is configured (<code>EMAIL_HOST</code>). Only superusers and
          holders of the link that is printed at start can see this page.
        </footer>
      </body>
    </html>`.text;
}
