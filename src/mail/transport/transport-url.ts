/** The parts of a URL such as `smtp://user:password@host:587?require_tls=true`, decoded. */
export interface TransportUrl {
  readonly scheme: string;
  readonly username: string;
  readonly password: string;
  readonly host: string;
  readonly port: number | undefined;
  readonly path: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** Returns the scheme of a URL in lower case; undefined if there is none. */
export function schemeOf(url: string): string | undefined {
  return /^([a-z][a-z0-9+.-]*)(?=:\/\/|\()/i.exec(url)?.[1]?.toLowerCase();
}

/**
 * Reads the URL of a transport.
 *
 * @param known names of the parameters that it may have
 * @throws Error whose message completes the name of a setting and contains no secret
 */
export function readTransportUrl(url: string, known: readonly string[]): TransportUrl {
  if (/\s/.test(url) || !URL.canParse(url)) {
    throw new Error(
      'is not a URL such as smtp://user:password@host:587; write special characters of a password as %xx',
    );
  }
  const { protocol, username, password, hostname, port, pathname, searchParams, hash } = new URL(url);
  if (hash !== '') throw new Error('has a # that is not written as %23');
  for (const [name] of searchParams) {
    if (!known.includes(name)) {
      const names = known.length === 0 ? 'none' : known.join(', ');
      throw new Error(`has the unknown parameter ${JSON.stringify(name.slice(0, 50))}; known: ${names}`);
    }
    if (searchParams.getAll(name).length > 1) throw new Error(`has the parameter ${name} twice`);
  }
  return {
    scheme: protocol.slice(0, -1),
    username: decoded(username),
    password: decoded(password),
    host: decoded(hostname),
    port: port === '' ? undefined : Number(port),
    path: decoded(pathname).replace(/^\/$/, ''),
    parameters: new Map(searchParams),
  };
}

/** Returns the flag in a parameter; undefined if it is not there. @throws as `readTransportUrl` does */
export function flagIn({ parameters }: TransportUrl, name: string): boolean | undefined {
  const value = parameters.get(name)?.toLowerCase();
  if (value === undefined) return undefined;
  if (['true', '1', 'yes'].includes(value)) return true;
  if (['false', '0', 'no'].includes(value)) return false;
  throw new Error(`must have true or false as ${name}`);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error('has a % that is not written as %25');
  }
}
