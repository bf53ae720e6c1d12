/** A blueprint, or one of its entries, that cannot be used; the message is for who wrote it. */
export class BlueprintError extends Error {
  override readonly name: string = 'BlueprintError';

  /** @param line where in the file, counted from 1, if that is known */
  constructor(
    message: string,
    readonly line?: number,
  ) {
    super(message);
  }
}

/** An entry of a model that there is not. */
export class UnknownModelError extends BlueprintError {
  constructor(readonly model: string) {
    super('app or model does not exist');
  }
}
