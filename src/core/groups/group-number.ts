/** A number of 31 bits that stands for a group where only numbers will do: the first bits of its UUID. */
export function groupNumber(pk: string): number {
  return Number.parseInt(pk.slice(0, 8), 16) & 0x7fffffff;
}
