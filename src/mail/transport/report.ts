/** Seconds that a test which an administrator starts may take, regardless of the timeout in the settings. */
export const testTimeoutSeconds = 60;

/** One step of a check, such as the connection, TLS or the login. */
export interface Step {
  readonly name: string;
  readonly ok: boolean;
  readonly milliseconds: number;
  readonly detail: string;
}

/** Is called with each step of a check as it ends. The report may have others: a session without TLS begins with the first step. */
export type StepListener = (step: Step) => void;

/** Result of a check of a transport. */
export interface Report {
  /** Whether a mail would be accepted now. */
  readonly ok: boolean;
  /** For administrators: what is wrong and how to fix it. */
  readonly verdict: string;
  /** In order. */
  readonly steps: readonly Step[];
  /** Lines prefixed with `C: ` (client), `S: ` (server) or `* ` (events such as TLS); without secrets. */
  readonly transcript: readonly string[];
}
