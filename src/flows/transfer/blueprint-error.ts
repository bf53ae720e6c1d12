/** An error in a blueprint or one of its entries; the message is for its author. */
export class BlueprintError extends Error {
  override readonly name: string = 'BlueprintError';

  /** @param line line in the file, counted from 1, if known */
  constructor(
    message: string,
    readonly line?: number,
  ) {
    super(message);
  }
}

/** The whole file exceeds a limit. */
export class LimitError extends BlueprintError {}
