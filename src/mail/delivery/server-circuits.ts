/** Failures in a row after which a server is left alone for a while. */
const failuresToOpen = 3;

/** Seconds that a server is left alone, at first and at most; doubled at every failure in between. */
const shortestPause = 15;
const longestPause = 300;

/** Mails at a time for a server that has not answered yet, or has just failed. */
const untriedLimit = 2;

interface Circuit {
  /** Failures in a row. */
  failures: number;
  /** Has answered since its last failure. */
  proven: boolean;
  openUntil: number;
  underWay: number;
}

/** Whether a server may be tried now; if so, `done` must be called with how it went. */
export type Admission =
  | { readonly admitted: true; readonly done: (reachable: boolean) => void }
  | { readonly admitted: false; readonly retryAt: Date; readonly reason: 'busy' | 'out of order' };

/**
 * Keeps a server that does not answer from holding up the mails of other servers: it is left alone after a few
 * failures in a row, then tried with a single mail, and no server gets all of a worker's places.
 */
export class ServerCircuits {
  private readonly circuits = new Map<string, Circuit>();

  /**
   * @param limit mails at a time for a server that answers
   * @param now the time in milliseconds
   */
  constructor(
    private readonly limit: number,
    private readonly now: () => number = Date.now,
  ) {}

  /** @param server `host:port` */
  admit(server: string): Admission {
    const circuit = this.circuits.get(server) ?? { failures: 0, proven: false, openUntil: 0, underWay: 0 };
    this.circuits.set(server, circuit);
    const now = this.now();
    if (circuit.openUntil > now) {
      return { admitted: false, retryAt: new Date(circuit.openUntil), reason: 'out of order' };
    }
    const isOpen = circuit.failures >= failuresToOpen;
    const places = circuit.proven ? this.limit : isOpen ? 1 : untriedLimit;
    if (circuit.underWay >= Math.min(places, this.limit)) {
      return { admitted: false, retryAt: new Date(now + 1000), reason: 'busy' };
    }
    circuit.underWay += 1;
    return { admitted: true, done: (reachable) => this.report(server, circuit, reachable) };
  }

  /** Servers that are left alone now. */
  open(): string[] {
    return [...this.circuits].filter(([, { openUntil }]) => openUntil > this.now()).map(([server]) => server);
  }

  private report(server: string, circuit: Circuit, reachable: boolean): void {
    circuit.underWay -= 1;
    circuit.proven = reachable;
    circuit.failures = reachable ? 0 : circuit.failures + 1;
    circuit.openUntil = this.now() + pauseAfter(circuit.failures) * 1000;
    // A server that is well and idle need not be remembered for ever; there may be many over time.
    if (circuit.underWay === 0 && this.circuits.size > 1000) this.circuits.delete(server);
  }
}

function pauseAfter(failures: number): number {
  if (failures < failuresToOpen) return 0;
  return Math.min(longestPause, shortestPause * 2 ** (failures - failuresToOpen));
}
