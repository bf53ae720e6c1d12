/** A place in the stream: clients send it as `Last-Event-ID` to go on after it. */
export interface StreamCursor {
  /** The time, in milliseconds since 1970, since which every event is stored. Positions of another time are unrelated. */
  readonly keptSince: number;
  /** Position of the last event that was read. */
  readonly position: number;
}

/** Returns a cursor as the `id` of an event. */
export function cursorId({ keptSince, position }: StreamCursor): string {
  return `${keptSince}-${position}`;
}

/** Parses the `id` of an event; undefined if it is none. */
export function parseCursor(id: string): StreamCursor | undefined {
  const [, keptSince, position] = /^(\d{1,15})-(\d{1,15})$/.exec(id) ?? [];
  return position === undefined ? undefined : { keptSince: Number(keptSince), position: Number(position) };
}
