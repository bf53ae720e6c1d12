import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { readSettings } from '../../src/config/read-settings.js';
import type { WaitingMail } from '../../src/flow-execution/waiting-mail.js';
import { challengePage } from '../../src/pages/challenge-page.js';
import { FlowAddress } from '../../src/pages/flow-address.js';
import { notMeDonePage, notMePage } from '../../src/pages/not-me-page.js';
import { assetNames, PageAssets, assetsPath } from '../../src/pages/page-assets.js';
import { pagePolicy } from '../../src/pages/page-headers.js';
import { PageRenderer } from '../../src/pages/page-renderer.js';
import type { Page } from '../../src/pages/page.js';
import * as problems from '../../src/pages/problem-pages.js';
import { verifiedPage, verifyPage } from '../../src/pages/verify-page.js';
import { Wording } from '../../src/pages/wording.js';
import { challenges } from './samples.js';

/** Names of all sample pages: one for each state of a challenge, of the pages of links, and for each error. */
export const samples: readonly string[] = [
  ...Object.keys(challenges),
  'not-me',
  'not-me-address',
  'not-me-sign-up',
  'not-me-secured',
  'not-me-deleted',
  'not-me-used',
  'verify',
  'verify-account',
  'verify-done',
  'verify-canceled',
  'not-found',
  'no-cookies',
  'outdated',
  'too-many',
  'too-large',
  'busy',
  'refused',
  'failed',
];

/** What the links of verifications have in common. */
const verification = { address: 'ada@example.org', isForAccount: false, application: undefined };

/** The secret of a link. */
const secret = 'n'.repeat(43);

export interface Gallery {
  /** Address of a sample. */
  urlOf(name: string, more?: { locale?: string; background?: string }): string;
  stop(): Promise<void>;
}

/** Serves a sample of every page without database or executor. */
export async function startGallery(): Promise<Gallery> {
  const { settings } = readSettings({});
  const assets = new PageAssets(settings);
  const renderer = new PageRenderer(settings, assets);
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://gallery');
    const answer = async (): Promise<void> => {
      if (url.pathname.startsWith(assetsPath)) {
        const name = assetNames.find((known) => assetsPath + known === url.pathname);
        const asset = name === undefined ? undefined : await assets.find(name);
        response.writeHead(asset === undefined ? 404 : 200, { 'content-type': asset?.type ?? 'text/plain' });
        response.end(asset?.content);
        return;
      }
      if (url.pathname.startsWith('/api/')) {
        // The poll of the waiting page: the link was not used yet.
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"component":"ak-stage-email"}');
        return;
      }
      const locale = url.searchParams.get('locale') ?? 'en';
      const page = pageOf(url, new Wording(await renderer.catalog(locale)));
      const html = await renderer.render(page, locale, `${url.pathname}${url.search}`);
      const policy = pagePolicy(page.background, []);
      response.writeHead(page.status, {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': policy,
      });
      response.end(html);
    };
    answer().catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    urlOf: (name, more = {}) => `http://127.0.0.1:${port}/if/flow/${name}/?${new URLSearchParams(more).toString()}`,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** What waiting pages say about their mails. */
const mails: Readonly<Record<string, WaitingMail>> = {
  email: { typed: 'ada.lovelace@gmail.com', isCorrectable: true, seconds: 27, isLimited: false },
  'email-again': { typed: 'ada', isCorrectable: true, seconds: 0, isLimited: false },
  'email-wrong-code': { typed: undefined, isCorrectable: false, seconds: 240, isLimited: true },
};

function pageOf(url: URL, wording: Wording): Page {
  const name = url.pathname.split('/').at(-2) ?? '';
  const challenge = challenges[name];
  if (challenge === undefined) return otherPage(name, wording);
  const page = challengePage(
    challenge,
    {
      address: new FlowAddress(name, `${url.pathname}${url.search}`, []),
      csrf: 'c'.repeat(43),
      step: 's'.repeat(22),
      isScriptless: false,
      wait: undefined,
      typed: {},
      username: 'ada',
      mail: mails[name] ?? mails['email'],
      designation: name.startsWith('confirm-sign-up') ? 'enrollment' : 'recovery',
      linkAddress: name === 'confirm-shown' ? undefined : 'ada@example.org',
      notMe: undefined,
      signIn: '/if/flow/sign-in/',
      entryFlows: [],
    },
    wording,
  );
  const background = url.searchParams.get('background');
  return background === null ? page : { ...page, background };
}

function otherPage(name: string, wording: Wording): Page {
  switch (name) {
    case 'not-me':
      return notMePage('change', secret, wording);
    case 'not-me-address':
      return notMePage('address', secret, wording);
    case 'not-me-sign-up':
      return notMePage('sign_up', secret, wording);
    case 'not-me-secured':
      return notMeDonePage({ kind: 'secured', isMailed: true }, wording);
    case 'not-me-deleted':
      return notMeDonePage({ kind: 'deleted' }, wording);
    case 'not-me-used':
      return notMePage('used', secret, wording);
    case 'verify':
      return verifyPage({ ...verification, state: 'pending' }, secret, wording);
    case 'verify-account':
      return verifyPage({ ...verification, state: 'pending', isForAccount: true }, secret, wording);
    case 'verify-done':
      return verifiedPage(wording);
    case 'verify-canceled': {
      const application = 'https://app.example.com/';
      return verifyPage({ ...verification, state: 'canceled', application }, secret, wording);
    }
    case 'no-cookies':
      return problems.noCookiesPage(wording, 200);
    case 'outdated':
      return problems.outdatedPage(wording, '/');
    case 'too-many':
      return problems.tooManyPage(wording, '/');
    case 'too-large':
      return problems.tooLargePage(wording, '/');
    case 'busy':
      return problems.busyPage(wording, '/');
    case 'refused':
      return problems.refusedPage(wording, 400);
    case 'failed':
      return problems.failedPage(wording, '/', '9c5b94b1d5f8454287e1c8f4f3c7f1a2');
    default:
      return problems.notFoundPage(wording);
  }
}
