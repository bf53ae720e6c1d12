/** Characters that browsers drop or read as another one: blanks, controls and backslashes. */
const unsafe = /[\s\0-\x1f\x7f\\]/;

/**
 * Returns why a verification cannot lead to an address; undefined if it can.
 *
 * @param allowed exact origins (`ALLOWED_REDIRECTS`)
 */
export function redirectProblem(address: string, allowed: readonly string[]): string | undefined {
  if (originIn(address, allowed) !== undefined) return undefined;
  return 'Enter an address whose origin is in ALLOWED_REDIRECTS, such as https://app.example.com/verified.';
}

/** Returns the origin of an address; undefined if it is not one of `allowed`. */
export function originIn(address: string, allowed: readonly string[]): string | undefined {
  if (unsafe.test(address) || !URL.canParse(address)) return undefined;
  // Compared as text too: a parser must not read another host than the one that stands there.
  return allowed.find(
    (origin) => /^($|[/?#])/.test(address.slice(origin.length)) && address.startsWith(origin) && isOf(address, origin),
  );
}

/** Returns the address with the result of a verification in its query. */
export function redirectWith(address: string, values: Readonly<Record<string, string>>): string {
  const url = new URL(address);
  for (const [name, value] of Object.entries(values)) url.searchParams.set(name, value);
  return url.href;
}

function isOf(address: string, origin: string): boolean {
  const url = new URL(address);
  return url.origin === origin && url.username === '' && url.password === '';
}
