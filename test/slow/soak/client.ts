import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { adminKey } from '../../support/test-app.js';
import type { Node } from './node.js';
import { report } from './report.js';

/** Requests at a time. */
const concurrency = 32;

/** Requests mails evenly over a time. Repeats each request with its Idempotency-Key until it succeeds. */
export class PatientClient {
  /** Answers other than 204, by status; 0 for no answer. */
  readonly failures = new Map<number, number>();
  accepted = 0;

  constructor(
    private readonly nodes: readonly Node[],
    private readonly stage: string,
  ) {}

  async requestMails(users: readonly number[], seconds: number): Promise<void> {
    const started = Date.now();
    const left = [...users.entries()];
    // More at a time would leave this process too few sockets for what else it does.
    const places = Array.from({ length: concurrency }, async () => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) {
        const [index, user] = next;
        await sleep(Math.max(0, started + (index / users.length) * seconds * 1000 - Date.now()));
        await this.requestMail(user, index);
      }
    });
    await Promise.all(places);
  }

  private async requestMail(user: number, index: number): Promise<void> {
    const key = randomUUID();
    for (let attempt = index; ; attempt += 1) {
      const { url } = this.nodes[attempt % this.nodes.length]!;
      const [status, text] = await this.post(`${url}/api/v3/core/users/${user}/recovery_email/`, key);
      if (status === 204) {
        this.accepted += 1;
        return;
      }
      this.failures.set(status, (this.failures.get(status) ?? 0) + 1);
      // A concurrent request with the same key may still be under way.
      const mayRepeat = status === 0 || status === 503 || (status === 400 && text.includes('Idempotency-Key'));
      if (!mayRepeat) report(`unexpected answer ${status}: ${text}`);
      await sleep(500);
    }
  }

  private async post(url: string, key: string): Promise<[number, string]> {
    try {
      const response = await fetch(`${url}?email_stage=${this.stage}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${adminKey}`, 'idempotency-key': key },
        signal: AbortSignal.timeout(20_000),
      });
      return [response.status, await response.text()];
    } catch (error) {
      return [0, String(error)];
    }
  }
}
