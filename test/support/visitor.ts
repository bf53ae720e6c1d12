import { expect } from 'vitest';

import { type Answer, ApiClient, type RequestOptions } from './api-client.js';
import { CookieJar } from './cookie-jar.js';

/**
 * A browser that goes through flows: it keeps cookies, and sends the CSRF token along. Answers are held against
 * `schema.yml`.
 */
export class Visitor {
  readonly cookies = new CookieJar();
  private readonly client: ApiClient;

  constructor(url: string, client = new ApiClient(url)) {
    this.client = client;
  }

  /** The same browser, when the service answers at another address. */
  movedTo(url: string): Visitor {
    const moved = new Visitor(url);
    moved.cookies.takeFrom(this.cookies);
    return moved;
  }

  /** The challenge that the visitor is shown; redirects of the executor are followed. */
  async see<T = any>(slug: string, query = ''): Promise<T> {
    return this.follow(await this.get(slug, query));
  }

  /** The challenge that comes of an answer; redirects of the executor are followed. */
  async answer<T = any>(slug: string, body: unknown, query = ''): Promise<T> {
    return this.follow(await this.post(slug, body, query));
  }

  /** @param query the query of the page, undecoded */
  get(slug: string, query = ''): Promise<Answer> {
    return this.request('GET', executorPath(slug, query));
  }

  post(slug: string, body: unknown, query = ''): Promise<Answer> {
    return this.request('POST', executorPath(slug, query), { json: body });
  }

  /** @param path below `/api/v3` */
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
