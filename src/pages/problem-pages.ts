import type { Page, PageLink } from './page.js';
import type { Wording } from './wording.js';

/** An error in the words of `texts`. */
interface Problem {
  readonly status: number;
  readonly title: Parameters<Wording['text']>[0];
  readonly reasons: readonly Parameters<Wording['text']>[0][];
  readonly kind: 'stop' | 'search' | 'wait';
}

const home: Problem['title'] = 'home';

/** The flow or page does not exist. */
export function notFoundPage(wording: Wording): Page {
  const problem: Problem = { status: 404, title: 'notFound', reasons: ['notFoundWhy'], kind: 'search' };
  return problemPage(problem, [{ href: '/', label: wording.text(home) }], wording);
}

/** The browser did not return its cookie. */
export function noCookiesPage(wording: Wording, status: number): Page {
  const reasons = ['noCookiesWhy', 'noCookiesThen'] as const;
  return problemPage({ status, title: 'noCookies', reasons, kind: 'stop' }, [], wording);
}

/** The form was made for another session, or by another site. */
export function outdatedPage(wording: Wording, address: string): Page {
  const problem: Problem = { status: 403, title: 'outdated', reasons: ['outdatedWhy'], kind: 'stop' };
  return problemPage(problem, [{ href: address, label: wording.text('back') }], wording);
}

export function tooManyPage(wording: Wording, address: string): Page {
  const problem: Problem = { status: 429, title: 'tooMany', reasons: ['tooManyWhy'], kind: 'wait' };
  return problemPage(problem, [{ href: address, label: wording.text('retry') }], wording);
}

/** The memory for requests is used up. */
export function busyPage(wording: Wording, address: string): Page {
  const problem: Problem = { status: 503, title: 'busy', reasons: ['busyWhy'], kind: 'wait' };
  return problemPage(problem, [{ href: address, label: wording.text('retry') }], wording);
}

export function tooLargePage(wording: Wording, address: string): Page {
  const problem: Problem = { status: 413, title: 'tooLarge', reasons: ['tooLargeWhy'], kind: 'stop' };
  return problemPage(problem, [{ href: address, label: wording.text('back') }], wording);
}

/** The request is not a valid form. */
export function refusedPage(wording: Wording, status: number): Page {
  const problem: Problem = { status, title: 'refused', reasons: ['refusedWhy'], kind: 'stop' };
  return problemPage(problem, [{ href: '/', label: wording.text(home) }], wording);
}

/** Unexpected error. The log has it under the request's id. */
export function failedPage(wording: Wording, address: string, requestId: string): Page {
  const problem: Problem = { status: 500, title: 'failed', reasons: ['failedWhy'], kind: 'stop' };
  const page = problemPage(problem, [{ href: address, label: wording.text('retry') }], wording);
  return { ...page, values: { ...page.values, request_id: requestId } };
}

function problemPage({ status, title, reasons, kind }: Problem, links: readonly PageLink[], wording: Wording): Page {
  return {
    template: 'problem.html',
    status,
    title: wording.text(title),
    values: { kind, mood: kind === 'stop' ? 'bad' : '', reasons: reasons.map((reason) => wording.text(reason)), links },
  };
}
