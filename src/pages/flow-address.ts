/** The key of a link that came with a mail. It is in the address of a page only until the page is shown. */
const linkParameter = 'flow_token';

/** The page was led to without the key of the link; a browser that keeps cookies has it in its session. */
export const openedParameter = 'opened';

/** Asks for the page that is not loaded anew by itself, so that something can be typed. */
const typingParameter = 'enter_code';

/** The address of a page of a flow: what of its query is the flow's, and what is the page's own. */
export class FlowAddress {
  private readonly query: URLSearchParams;

  /** @param address path and query; may be anything that a browser can send */
  constructor(
    readonly slug: string,
    address: string,
  ) {
    const start = address.indexOf('?');
    this.query = new URLSearchParams(start === -1 ? '' : address.slice(start + 1));
  }

  /** The key of a link, if there is one. */
  get link(): string | undefined {
    const key = this.query.getAll(linkParameter).at(-1);
    return key === '' ? undefined : key;
  }

  get isOpened(): boolean {
    return this.query.has(openedParameter);
  }

  get isForTyping(): boolean {
    return this.query.has(typingParameter);
  }

  /** The flow's own query, as the executor takes it. */
  flowQuery(link?: string): string {
    const query = new URLSearchParams(this.query);
    for (const name of [linkParameter, openedParameter, typingParameter]) query.delete(name);
    if (link !== undefined) query.set(linkParameter, link);
    return query.toString();
  }

  /** Path and query without a key in it. */
  clean(): string {
    return this.withQuery(this.flowQuery());
  }

  /** The same page, for typing, as it is now. */
  same(): string {
    return this.isForTyping ? this.forTyping() : this.clean();
  }

  /** Where a browser is led that has just been given a cookie, to see whether it keeps it. */
  opened(): string {
    return this.withParameter(openedParameter);
  }

  forTyping(): string {
    return this.withParameter(typingParameter);
  }

  /** Where scripts ask the same. */
  executor(): string {
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
