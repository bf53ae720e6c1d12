/** Every case of failure that a client is told of in one sentence: its status and its text. */
const answers = {
  malformedJson: { status: 400, detail: (reason: string) => `JSON parse error - ${reason}` },
  malformedMultipart: { status: 400, detail: (reason: string) => `Multipart form parse error - ${reason}` },
  notAuthenticated: { status: 403, detail: () => 'Authentication credentials were not provided.' },
  invalidToken: { status: 403, detail: () => 'Token invalid/expired' },
  unsupportedScheme: { status: 403, detail: () => 'Unsupported authentication type' },
  csrfFailed: { status: 403, detail: (reason: string) => `CSRF Failed: ${reason}` },
  forbidden: { status: 403, detail: () => 'You do not have permission to perform this action.' },
  notFound: { status: 404, detail: () => 'Not found.' },
  invalidPage: { status: 404, detail: () => 'Invalid page.' },
  methodNotAllowed: { status: 405, detail: (method: string) => `Method "${method}" not allowed.` },
  notAcceptable: { status: 406, detail: () => 'Could not satisfy the request Accept header.' },
  fileTooLarge: { status: 413, detail: (megabytes: string) => `The file is larger than ${megabytes} MB.` },
  unsupportedMediaType: { status: 415, detail: (type: string) => `Unsupported media type "${type}" in request.` },
  tooManyRequests: { status: 429, detail: (seconds: string) => `Too many requests. Try again in ${seconds} seconds.` },
} as const satisfies Record<string, { status: number; detail: (argument: string) => string }>;

export type ErrorCode = keyof typeof answers;

/** A request that cannot be served, answered as `{"detail": "..."}` (management API, section 3.2). */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly status: number;

  /** @param argument what the text of `code` speaks of: a method, a media type, a parser's message */
  constructor(
    readonly code: ErrorCode,
    argument = '',
  ) {
    const answer = answers[code];
    super(answer.detail(argument));
    this.status = answer.status;
  }
}
