import { redirectTarget } from '../flow-execution/next-url.js';

/** The secret of a mailed link. It is in the address only until the page is shown. */
const linkParameter = 'flow_token';

/** Marks the redirect that checks whether the browser accepts cookies. */
export const cookieCheckParameter = 'opened';

/** Requests the page for typing the code, which does not reload. */
const codeEntryParameter = 'enter_code';

/** Names what a waiting page waits for, so that it does not continue a run that another tab continues. */
const waitParameter = 'waiting';

/** Where the flow ends. */
const nextParameter = 'next';

/** The address of a flow page. Separates the query of the flow from parameters of the page. */
export class FlowAddress {
  private readonly query: URLSearchParams;

  /** Whether the flow cannot end where the address says. Nothing else depends on that target. */
  readonly isNextRefused: boolean;

  /**
   * @param address path and query; untrusted
   * @param allowed origins where flows may end (`ALLOWED_REDIRECTS`)
   */
  constructor(
    readonly slug: string,
    address: string,
    allowed: readonly string[],
  ) {
    const start = address.indexOf('?');
    this.query = new URLSearchParams(start === -1 ? '' : address.slice(start + 1));
    const next = this.query.getAll(nextParameter).at(-1) ?? '';
    const isUsable = redirectTarget(next, allowed) !== undefined;
    this.isNextRefused = next !== '' && !isUsable;
    if (!isUsable) this.query.delete(nextParameter);
  }

  /** The secret of a link, if there is one. */
  get link(): string | undefined {
    const key = this.query.getAll(linkParameter).at(-1);
    return key === '' ? undefined : key;
  }

  /** Where the flow ends, if it is at another origin. */
  get application(): string | undefined {
    const next = this.query.getAll(nextParameter).at(-1) ?? '';
    return URL.canParse(next) ? next : undefined;
  }

  get isCookieCheck(): boolean {
    return this.query.has(cookieCheckParameter);
  }

  get isCodeEntry(): boolean {
    return this.query.has(codeEntryParameter);
  }

  /** What the page waits for; undefined unless it is a waiting page. */
  get wait(): string | undefined {
    return this.query.getAll(waitParameter).at(-1);
  }

  /** Returns the query for the executor. */
  flowQuery(link?: string): string {
    const query = new URLSearchParams(this.query);
    for (const name of [linkParameter, cookieCheckParameter, codeEntryParameter, waitParameter]) query.delete(name);
    if (link !== undefined) query.set(linkParameter, link);
    return query.toString();
  }

  /** Returns path and query without the secret of a link. */
  withoutLink(): string {
    return this.withQuery(this.flowQuery());
  }

  /** Returns the address of the current page, also while a code is typed. */
  current(): string {
    return this.isCodeEntry ? this.codeEntry() : this.withoutLink();
  }

  /** Returns the address that checks whether the browser accepts cookies. */
  cookieCheck(): string {
    return this.withParameter(cookieCheckParameter);
  }

  codeEntry(): string {
    return this.withParameter(codeEntryParameter);
  }

  /** Returns the address of the current page, while it waits. */
  waiting(wait: string): string {
    const query = new URLSearchParams(this.flowQuery());
    if (this.isCodeEntry) query.set(codeEntryParameter, '');
    query.set(waitParameter, wait);
    return this.withQuery(query.toString());
  }

  /** Returns the path of another flow page that ends where this one does. */
  otherFlow(path: string): string {
    const next = this.query.getAll(nextParameter).at(-1);
    if (next === undefined) return path;
    return `${path}${path.includes('?') ? '&' : '?'}${new URLSearchParams({ [nextParameter]: next }).toString()}`;
  }

  /** Returns the address of a sign-in page that leads back to this page. */
  behindSignIn(path: string): string {
    return `${path}?${new URLSearchParams({ [nextParameter]: this.withoutLink() }).toString()}`;
  }

  /** Returns the executor's URL, for polling. */
  executorUrl(): string {
    return `/api/v3/flows/executor/${encodeURIComponent(this.slug)}/?query=${encodeURIComponent(this.flowQuery())}`;
  }

  private withParameter(name: string): string {
    const query = new URLSearchParams(this.flowQuery());
    query.set(name, '');
    return this.withQuery(query.toString());
  }

  private withQuery(query: string): string {
    return `/if/flow/${encodeURIComponent(this.slug)}/${query === '' ? '' : `?${query}`}`;
  }
}
