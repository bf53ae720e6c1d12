import { randomUUID } from 'node:crypto';

import { oneTimeCode } from '../../src/database/link-secret.js';
import { SecretBox } from '../../src/database/secret-box.js';
import { codeKeyOf } from '../../src/verifications/verification-mail.service.js';
import type { Sample, Subject } from './measure.js';
import { percentile } from './report.js';
import type { RunningService } from './service.js';
import { secretKey } from './setup.js';

/** Visitors at the same time. */
const visitors = 10;

/**
 * Returns the subject that starts verifications and checks their codes. Its rate is approved verifications per second, its
 * latency the time from the first request to the approval. The codes are derived here instead of read from the mails, which
 * the service sends meanwhile.
 */
export function verificationSubject(service: RunningService): Subject {
  const secrets = new SecretBox(secretKey);
  return {
    name: service.name,
    pid: service.pid,
    run: async (seconds): Promise<Sample> => {
      const since = performance.now();
      const latencies: number[] = [];
      const visit = async (): Promise<void> => {
        while (performance.now() < since + seconds * 1000) latencies.push(await verifyOne(service, secrets));
      };
      await Promise.all(Array.from({ length: visitors }, visit));
      const rate = (1000 * latencies.length) / (performance.now() - since);
      latencies.sort((a, b) => a - b);
      const [p50, p95, p99] = [percentile(latencies, 0.5), percentile(latencies, 0.95), percentile(latencies, 0.99)];
      return { requests: latencies.length, rate, p50, p95, p99 };
    },
  };
}

/** Verifies an address. @returns the milliseconds that it took */
async function verifyOne(service: RunningService, secrets: SecretBox): Promise<number> {
  const since = performance.now();
  const { pk } = await post(service, '', { email: `${randomUUID()}@example.org`, method: 'code' });
  const { status } = await post(service, `${pk}/check/`, { code: oneTimeCode(codeKeyOf({ pk, mails: 1 }), secrets) });
  if (status !== 'approved') throw new Error(`a verification is ${status} after its code`);
  return performance.now() - since;
}

async function post(
  { url, token }: RunningService,
  path: string,
  body: object,
): Promise<{ pk: string; status: string }> {
  const response = await fetch(`${url}/api/v3/verifications/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`verifications/${path} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as { pk: string; status: string };
}
