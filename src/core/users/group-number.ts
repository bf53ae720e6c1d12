/** Returns a 31-bit identifier of a group for clients that require a number: the first bits of its UUID. */
export function groupNumber(pk: string): number {
  return Number.parseInt(pk.slice(0, 8), 16) & 0x7fffffff;
}
