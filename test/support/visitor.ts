import { expect } from 'vitest';

import { type Answer, ApiClient, type RequestOptions } from './api-client.js';
import { CookieJar } from './cookie-jar.js';

/**
 * A browser that runs through flows: it keeps cookies and sends the CSRF token. Responses are validated against
 * `schema.yml`.
 */
export class Visitor {
  readonly cookies = new CookieJar();
  private readonly client: ApiClient;

  constructor(url: string, client = new ApiClient(url)) {
    this.client = client;
  }

  /** Returns a browser with the same cookies for another address of the service. */
  movedTo(url: string): Visitor {
    const moved = new Visitor(url);
    moved.cookies.copyFrom(this.cookies);
    return moved;
  }

  /** Fetches the current challenge, following the executor's redirects. */
  async see<T = any>(slug: string, query = ''): Promise<T> {
    return this.follow(await this.get(slug, query));
  }

  /** Sends a response to the current challenge and returns the next one, following the executor's redirects. */
  async answer<T = any>(slug: string, body: unknown, query = ''): Promise<T> {
    return this.follow(await this.post(slug, body, query));
  }

  /** @param query raw query of the page */
  get(slug: string, query = ''): Promise<Answer> {
    return this.request('GET', executorPath(slug, query));
  }

  post(slug: string, body: unknown, query = ''): Promise<Answer> {
    return this.request('POST', executorPath(slug, query), { json: body });
  }

  /** @param path relative to `/api/v3` */
  async request(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    const headers = { ...this.cookies.headers(), ...options.headers };
    const answer = await this.client.request(method, path, { ...options, headers });
    this.cookies.keep(answer.headers);
    return answer;
  }

  private async follow<T>(answer: Answer): Promise<T> {
    let last = answer;
    for (let steps = 0; last.status === 302; steps += 1) {
      expect(steps, 'redirects in a row').toBeLessThan(20);
      last = await this.request('GET', (last.headers.get('location') ?? '').replace('/api/v3', ''));
    }
    expect(last.status).toBe(200);
    return last.body as T;
  }
}

function executorPath(slug: string, query: string): string {
  return `/flows/executor/${slug}/?query=${encodeURIComponent(query)}`;
}
