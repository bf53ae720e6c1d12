/** The command cannot do what was asked; printed without a stack. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
}

/** The command line is wrong; printed with the usage. */
export class UsageError extends CommandError {
  override readonly name = 'UsageError';
}
