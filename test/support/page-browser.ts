import { CookieJar } from './cookie-jar.js';

/** A response with a page. */
export interface ShownPage {
  readonly status: number;
  readonly headers: Headers;
  readonly html: string;
  /** Path and query, after redirects. */
  readonly address: string;
}

/** A browser without scripts: it keeps cookies, follows redirects and submits forms. */
export class PageBrowser {
  readonly cookies = new CookieJar();
  /** All visited addresses, in order. */
  readonly visited: string[] = [];
  private current: ShownPage | undefined;

  constructor(
    private readonly url: string,
    private readonly headers: Readonly<Record<string, string>> = {},
    private readonly keepsCookies = true,
  ) {}

  get page(): ShownPage {
    if (this.current === undefined) throw new Error('no page is open');
    return this.current;
  }

  async open(address: string): Promise<ShownPage> {
    return this.request(address, { method: 'GET' });
  }

  /** Sends a request without following redirects. */
  async ask(address: string, init: RequestInit = {}): Promise<Response> {
    const { cookie } = this.cookies.headers();
    const headers = { ...this.headers, ...(cookie !== undefined && { cookie }), ...(init.headers as object) };
    const response = await fetch(`${this.url}${address}`, { ...init, headers, redirect: 'manual' });
    if (this.keepsCookies) this.cookies.keep(response.headers);
    return response;
  }

  /** Fills in and submits a form of the page, by default the first one. */
  async submit(fields: Readonly<Record<string, string | Blob>> = {}, index = 0): Promise<ShownPage> {
    return this.send(this.formOf(index), fields);
  }

  /** Returns the initial values of a form. */
  formOf(index = 0): URLSearchParams {
    const form = [...this.page.html.matchAll(/<form\b[\s\S]*?<\/form>/g)][index]?.[0] ?? '';
    const values = new URLSearchParams();
    for (const [tag] of form.matchAll(/<input\b[^>]*>/g)) {
      const [name, value] = [attribute(tag, 'name'), attribute(tag, 'value')];
      const isOmitted = /type="(checkbox|radio|file)"/.test(tag) && !tag.includes(' checked');
      if (name !== undefined && !isOmitted) values.append(name, value ?? '');
    }
    return values;
  }

  /** Submits form values and further fields to the address of the page. */
  async send(form: URLSearchParams, fields: Readonly<Record<string, string | Blob>> = {}): Promise<ShownPage> {
    const isMultipart = Object.values(fields).some((value) => typeof value !== 'string');
    const body = isMultipart ? new FormData() : new URLSearchParams();
    const all = new URLSearchParams(form);
    for (const name of Object.keys(fields)) all.delete(name);
    for (const [name, value] of all) body.append(name, value);
    for (const [name, value] of Object.entries(fields)) {
      if (typeof value === 'string') body.append(name, value);
      else (body as FormData).append(name, value, 'file');
    }
    return this.request(this.page.address, { method: 'POST', body });
  }

  private async request(address: string, init: RequestInit): Promise<ShownPage> {
    let [at, response] = [address, await this.ask(address, init)];
    this.visited.push(at);
    for (let steps = 0; response.status === 303; steps += 1) {
      if (steps > 20) throw new Error(`${address} redirects more than 20 times`);
      at = response.headers.get('location') ?? '';
      this.visited.push(at);
      // Another site, which tests do not open.
      if (!at.startsWith('/')) break;
      response = await this.ask(at);
    }
    const { status, headers } = response;
    this.current = { status, headers, html: await response.text(), address: at };
    return this.current;
  }
}

function attribute(tag: string, name: string): string | undefined {
  const value = new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1];
  return value?.replace(/&(?:#x27|quot|lt|gt|amp);/g, (entity) => entities[entity] ?? entity);
}

const entities: Readonly<Record<string, string>> = {
  '&#x27;': "'",
  '&quot;': '"',
  '&lt;': '<',
  '&gt;': '>',
  '&amp;': '&',
};
