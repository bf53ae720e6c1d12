import { ApiError, type Client, dataOf } from './client.js';
import type { components } from './schema.js';

export type Verification = components['schemas']['Verification'];
export type VerificationRequest = components['schemas']['VerificationRequest'];

/** How to wait for a verification. */
export interface VerifyOptions {
  /** Called once, after the mail was queued. */
  readonly onStart?: (verification: Verification) => void;
  /** Seconds between two looks at the state; default: 2. */
  readonly every?: number;
  /** Ends the wait; the verification goes on. */
  readonly signal?: AbortSignal;
}

/**
 * Starts a verification, and waits until its state is no longer `pending`. For scripts and tests: a server
 * that serves requests listens to webhooks instead.
 *
 * @returns the verification in its last state; `approved` if the address is verified
 * @throws ApiError if the service refuses it
 */
export async function verify(
  client: Client,
  request: VerificationRequest,
  { onStart, every = 2, signal }: VerifyOptions = {},
): Promise<Verification> {
  const aborting = signal === undefined ? {} : { signal };
  let verification = await dataOf(client.POST('/verifications/', { body: request, ...aborting }));
  onStart?.(verification);
  let wait = every;
  while (verification.status === 'pending') {
    await pause(wait, signal);
    wait = every;
    const path = { verification_uuid: verification.pk };
    try {
      verification = await dataOf(client.GET('/verifications/{verification_uuid}/', { params: { path }, ...aborting }));
    } catch (error) {
      signal?.throwIfAborted();
      if (!mayPass(error) || Date.parse(verification.expires) < Date.now()) throw error;
      wait = error instanceof ApiError ? (error.retryAfter ?? every) : every;
    }
  }
  return verification;
}

/** Whether the service may only be busy or restarting. `fetch` throws a `TypeError` if there is no connection. */
function mayPass(error: unknown): boolean {
  return error instanceof ApiError ? [429, 502, 503, 504].includes(error.status) : error instanceof TypeError;
}

function pause(seconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, seconds * 1000);
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted === true) abort();
  });
}
