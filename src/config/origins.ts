/** A scheme, a host in ASCII and a port unless it is the default one: no path, no pattern, no user. */
const exact = /^https?:\/\/(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::\d+)?$/;

/**
 * Reads exact origins, comma separated, in the spelling of browsers.
 *
 * @throws Error whose message completes the name of a setting
 */
export function exactOrigins(text: string): string[] {
  const origins = text.split(',').map((part) => part.trim());
  const wrong = origins.find(
    (origin) => !exact.test(origin) || !URL.canParse(origin) || new URL(origin).origin !== origin,
  );
  if (wrong !== undefined) {
    throw new Error(`must be exact origins such as https://app.example.com, without path or pattern, not ${wrong}`);
  }
  return origins;
}
