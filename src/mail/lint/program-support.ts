import { Piscina } from 'piscina';

/** A feature of HTML or CSS, and the mail programs that do not support it. */
interface Unsupported {
  readonly feature: string;
  readonly programs: readonly string[];
}

/** Characters that are checked: the work grows with them. */
const longest = 300_000;

/** Milliseconds of one check; a longer one is stopped with its thread. */
const timeout = 8000;

/** Checks that wait at most. */
const maxQueue = 20;

/** One thread, which holds the data of caniemail.com while templates are edited. */
const pool = new Piscina({
  filename: new URL('support-worker.js', import.meta.url).href,
  minThreads: 0,
  maxThreads: 1,
  idleTimeout: 60_000,
});

/** What mails survive without: the shipped templates use it where it is supported, and look right where it is not. */
const graceful = new Set([
  '!important keyword',
  '<bdi> element',
  '<body> element',
  '@media',
  'border-radius',
  'opacity',
  'overflow',
  'role attribute',
  'target attribute',
  'user-select',
  'word-break',
]);

const programNames: Readonly<Record<string, string>> = {
  'apple-mail': 'Apple Mail',
  gmail: 'Gmail',
  outlook: 'Outlook',
  'samsung-email': 'Samsung Email',
  yahoo: 'Yahoo Mail',
};

/**
 * Returns what the HTML uses that common mail programs do not support, by the data of caniemail.com; undefined if it was
 * not checked, because it is too long or takes too much time.
 */
export async function unsupportedIn(html: string): Promise<Unsupported[] | undefined> {
  if (html === '') return [];
  if (html.length > longest || pool.queueSize >= maxQueue) return undefined;
  try {
    const found = (await pool.run(html, { signal: AbortSignal.timeout(timeout) })) as [string, string[]][];
    return found
      .filter(([feature]) => !graceful.has(feature) && !/selector|combinator/i.test(feature))
      .map(([feature, clients]) => ({ feature, programs: programsOf(clients) }));
  } catch {
    return undefined;
  }
}

/** Returns the names of the programs: `Outlook` for those that have several systems in common. */
function programsOf(clients: readonly string[]): string[] {
  const names = clients.map((client) => client.slice(0, client.indexOf('.')));
  return [...new Set(names)].map((name) => programNames[name] ?? name).sort();
}
