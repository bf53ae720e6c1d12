import type { FoundMail, KeptMail } from '../transport/mailbox/mailbox.js';
import { type Html, html } from './html.js';
import { codeIn, linksIn, type MailSummary, type ReceivedMail } from './received-mail.js';

/** Path of the pages. */
export const mailboxPath = '/dev/mailbox/';

/** Field of forms with the CSRF token. */
export const tokenField = 'csrf';

/** An item of the list. */
export type Entry = KeptMail & MailSummary;

/** A page of the list. */
export interface ListPage {
  readonly entries: readonly Entry[];
  /** Search term; empty for all mails. */
  readonly search: string;
  /** Counted from 1. */
  readonly current: number;
  readonly pages: number;
  /** Version of the mailbox, which the script compares. */
  readonly version: string;
}

export const mailViews = ['html', 'text', 'headers', 'source'] as const;
export type MailView = (typeof mailViews)[number];

const labels: Readonly<Record<MailView, string>> = { html: 'HTML', text: 'Text', headers: 'Headers', source: 'Source' };

/** Renders the pages of the mailbox, with the styles of the other pages. */
export class MailboxPages {
  /**
   * @param serviceName BRAND_NAME
   * @param ownUrl PUBLIC_URL; links to it come first
   */
  constructor(
    private readonly serviceName: string,
    private readonly ownUrl: string,
  ) {}

  /** Renders a page of the list of mails. */
  list(list: ListPage): string {
    const { entries, search, version } = list;
    const body = html`<h1>Mailbox</h1>
      <form class="search" role="search" action="${mailboxPath}">
        <label class="label" for="search">Search subject, sender and recipient</label>
        <div>
          <input class="input" type="search" id="search" name="q" value="${search}" />
          <button class="button" type="submit">Search</button>
        </div>
      </form>
      <div class="tools">
        <p class="quiet" role="status" id="news"></p>
        <a id="reload" href="${listUrl(search, list.current)}">Reload</a>
        <a href="${mailboxPath}delete/">Delete all</a>
      </div>
      <section id="mails" aria-label="Mails" data-version="${version}">
        ${entries.length > 0 ? mailList(list) : emptyList(search)}
      </section>`;
    return this.page('Mailbox', body, html`<script src="${mailboxPath}live-list.js" defer></script>`);
  }

  /** Renders one mail. */
  mail({ pk, kept, source }: FoundMail, mail: ReceivedMail, view: MailView): string {
    const path = `${mailboxPath}${pk}/`;
    const views = mailViews.filter((name) => name !== 'html' || mail.html !== undefined);
    const tabs = views.map(
      (name) => html`<a href="${path}?view=${name}" ${name === view ? current : undefined}>${labels[name]}</a> `,
    );
    const body = html`<p class="back"><a href="${mailboxPath}">Mailbox</a></p>
      <h1>${titleOf(mail.subject)}</h1>
      ${proofsOf(codeIn(mail), linksIn(mail, this.ownUrl))}
      <dl class="facts">
        ${fact('From', mail.from)} ${fact('To', mail.to)}
        ${fact('Kept', html`${time(kept)}, <a href="${path}source/" download="${pk}.eml">download</a>`)}
        ${mail.attachments.length > 0 ? fact('Attachments', describeAttachments(mail)) : undefined}
      </dl>
      <nav class="tabs" aria-label="Views">${tabs}</nav>
      ${viewOf(view, path, mail, source)}`;
    return this.page(titleOf(mail.subject), body);
  }

  /** Renders the page that asks whether all mails are to be deleted. */
  deletion(count: number, token: string): string {
    const mails = count === 1 ? 'The one mail' : `All ${count} mails`;
    const body = html`<h1>Delete all mails?</h1>
      <p class="lead">${mails} of the local mailbox will be deleted. This cannot be undone.</p>
      <form class="deletion" method="post" action="${mailboxPath}delete/">
        <input type="hidden" name="${tokenField}" value="${token}" />
        <button class="button main" type="submit">Delete all</button>
        <a class="button" href="${mailboxPath}">Cancel</a>
      </form>`;
    return this.page('Delete all mails?', body);
  }

  private page(title: string, body: Html, script?: Html): string {
    return html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <meta name="robots" content="noindex" />
          <title>${title} – ${this.serviceName}</title>
          <link rel="icon" href="/static/pages/logo" />
          <link rel="stylesheet" href="/static/pages/style.css" />
          <link rel="stylesheet" href="${mailboxPath}style.css" />
          ${script}
        </head>
        <body class="mailbox">
          <header class="brand">
            <a href="/"><img src="/static/pages/logo" alt="" /><span>${this.serviceName}</span></a>
          </header>
          <main class="card wide">${body}</main>
          <footer class="foot">
            <p>
              Mails are kept here because no mail server is configured (<code>EMAIL_HOST</code>). Only superusers and
              holders of the link that is printed at start can see this page.
            </p>
          </footer>
        </body>
      </html>`.text;
  }
}

const current = html`aria-current="page"`;

function listUrl(search: string, page: number): string {
  const query = new URLSearchParams({ ...(search !== '' && { q: search }), ...(page > 1 && { page: String(page) }) });
  return query.size === 0 ? mailboxPath : `${mailboxPath}?${query.toString()}`;
}

function mailList({ entries, search, current: page, pages }: ListPage): Html {
  const adjacentLink = (target: number, label: string): Html | undefined =>
    target >= 1 && target <= pages ? html`<a href="${listUrl(search, target)}">${label}</a>` : undefined;
  const pager = html`<nav class="pages" aria-label="Pages">
    ${adjacentLink(page - 1, 'Newer')} <span>Page ${page} of ${pages}</span> ${adjacentLink(page + 1, 'Older')}
  </nav>`;
  return html`<ol class="mails">
      ${entries.map(entryLine)}
    </ol>
    ${pages > 1 ? pager : undefined}`;
}

function entryLine({ pk, kept, subject, to }: Entry): Html {
  return html`<li>
    <a href="${mailboxPath}${pk}/"><strong>${titleOf(subject)}</strong></a>
    <span class="to">${to}</span>
    ${time(kept)}
  </li> `;
}

function emptyList(search: string): Html {
  if (search !== '') {
    return html`<p>No mail matches “${search}”. <a href="${mailboxPath}">Show all mails</a></p>`;
  }
  return html`<div class="empty">
    <p>No mail yet. Send one:</p>
    <pre>npm run email:test -- you@example.org</pre>
    <p>or, for a stage with the global settings, call <code>POST /api/v3/stages/email/{id}/test/</code>.</p>
  </div>`;
}

/** The code and the links of a mail. */
function proofsOf(code: string | undefined, [first, ...others]: readonly string[]): Html | undefined {
  if (code === undefined && first === undefined) return undefined;
  const anchor = (address: string): Html => html`<a href="${address}" rel="noreferrer noopener">${address}</a>`;
  const rest = html`<details>
    <summary>${others.length} more</summary>
    <ul>
      ${others.map((address) => html`<li>${anchor(address)}</li>`)}
    </ul>
  </details>`;
  const codeBox = html`<section>
    <h2>Code</h2>
    <p class="code">${code}</p>
  </section>`;
  const linkBox = html`<section>
    <h2>Link</h2>
    <p>${first === undefined ? undefined : anchor(first)}</p>
    ${others.length > 0 ? rest : undefined}
  </section>`;
  return html`<div class="proofs">
    ${code === undefined ? undefined : codeBox} ${first === undefined ? undefined : linkBox}
  </div>`;
}

function viewOf(view: MailView, path: string, mail: ReceivedMail, source: Buffer): Html {
  switch (view) {
    case 'html':
      return html`<iframe src="${path}html/" sandbox title="Mail preview"></iframe>`;
    case 'text':
      return html`<pre class="text" tabindex="0">${mail.text}</pre>`;
    case 'headers':
      return html`<table class="headers">
        ${mail.headers.map(headerRow)}
      </table>`;
    case 'source':
      return html`<pre class="source" tabindex="0">${source.toString()}</pre>`;
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
