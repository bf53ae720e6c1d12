import { isIP } from 'node:net';

/** Returns why a text is not an IP address; undefined if it is one. */
export function ipProblem(text: string): string | undefined {
  return isIP(text) === 0 ? 'Enter a valid IPv4 or IPv6 address.' : undefined;
}
