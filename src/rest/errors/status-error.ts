/** A request that cannot be served, and is answered with the status alone: the reference declares no body for it. */
export class StatusError extends Error {
  override readonly name = 'StatusError';

  constructor(readonly status: 400 | 404) {
    super(`answered with ${status}`);
  }
}
