/** Status and `detail` text of every error code. */
const responses = {
  malformedJson: { status: 400, detail: (reason: string) => `JSON parse error - ${reason}` },
  malformedMultipart: { status: 400, detail: (reason: string) => `Multipart form parse error - ${reason}` },
  notAuthenticated: { status: 403, detail: () => 'Authentication credentials were not provided.' },
  invalidToken: { status: 403, detail: () => 'Token invalid/expired' },
  unsupportedScheme: { status: 403, detail: () => 'Unsupported authentication type' },
  csrfFailed: { status: 403, detail: (reason: string) => `CSRF Failed: ${reason}` },
  forbidden: { status: 403, detail: () => 'You do not have permission to perform this action.' },
  signInTooOld: { status: 403, detail: () => 'Your sign-in is too long ago for this change. Sign in again.' },
  notFound: { status: 404, detail: () => 'Not found.' },
  invalidPage: { status: 404, detail: () => 'Invalid page.' },
  methodNotAllowed: { status: 405, detail: (method: string) => `Method "${method}" not allowed.` },
  notAcceptable: { status: 406, detail: () => 'Could not satisfy the request Accept header.' },
  changedMeanwhile: {
    status: 409,
    detail: (version: string) =>
      `This was changed meanwhile: version ${version} is current. Look at it, then save your change again.`,
  },
  fileTooLarge: { status: 413, detail: (megabytes: string) => `The file is larger than ${megabytes} MB.` },
  unsupportedMediaType: { status: 415, detail: (type: string) => `Unsupported media type "${type}" in request.` },
  bodyTooLarge: { status: 413, detail: () => 'Request body is too large' },
  tooManyRequests: { status: 429, detail: (seconds: string) => `Too many requests. Try again in ${seconds} seconds.` },
  tooSlow: {
    status: 503,
    detail: () =>
      'This took too long and was stopped. Narrow it with filters, a more exact search or a smaller page_size.',
    retryAfter: 10,
  },
  overloaded: {
    status: 503,
    detail: () => 'Too many requests at the same time. Try again in a moment.',
    retryAfter: 2,
  },
  providerUnavailable: {
    status: 503,
    detail: () => 'The provider does not answer at the moment. Try again in a minute.',
    retryAfter: 60,
  },
  databaseUnavailable: {
    status: 503,
    detail: () => 'The database is not available at the moment. Try again in a few seconds.',
    retryAfter: 5,
  },
} as const satisfies Record<string, ErrorResponse>;

interface ErrorResponse {
  readonly status: number;
  readonly detail: (argument: string) => string;
  /** Seconds after which the same request can succeed. */
  readonly retryAfter?: number;
}

export type ErrorCode = keyof typeof responses;

/** A request that cannot be served, answered as `{"detail": "..."}` (management API, section 3.2). */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly status: number;
  readonly retryAfter: number | undefined;

  /** @param argument for the text: a method, a media type, a parser's message, seconds to wait */
  constructor(
    readonly code: ErrorCode,
    argument = '',
  ) {
    const response: ErrorResponse = responses[code];
    super(response.detail(argument));
    this.status = response.status;
    this.retryAfter = code === 'tooManyRequests' ? Number(argument) : response.retryAfter;
  }
}
