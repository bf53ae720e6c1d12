/** Failures in a row after which a server is left alone for a while. */
const failuresToOpen = 3;

/** Seconds that a server is left alone, at first and at most; doubled at every failure in between. */
const shortestPause = 15;
const longestPause = 300;

/** Mails at a time for a server that has not answered yet, or has just failed. */
const untriedLimit = 2;

/** Milliseconds that a mail waits for a place before it makes room for the mails of other servers. */
const patience = 1000;

/** Which part of the places may be spent on waiting for one server, and for all; and on servers that say nothing. */
const waitingForOne = 0.2;
const waitingForAll = 0.4;
const untriedForAll = 0.5;

/** Milliseconds after which a mail asks again for a server that has said nothing so far: at least and at most. */
const soonest = 250;
const latest = 5000;

interface Circuit {
  /** Failures in a row. */
  failures: number;
  /** Has answered since its last failure. */
  proven: boolean;
  openUntil: number;
  underWay: number;
  /** Since when it has had a mail before it, if it is not proven. */
  askedSince: number;
  /** Wakes those that wait for a place. */
  readonly waiting: Set<() => void>;
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
  /** Mails at a time for a server that answers. */
  private readonly limit: number;
  private waiting = 0;

  /**
   * @param places how many mails a worker handles at a time
   * @param now the time in milliseconds
   */
  constructor(
    private readonly places: number,
    private readonly now: () => number = Date.now,
  ) {
    this.limit = Math.max(2, Math.floor(places * 0.8));
  }

  /**
   * As `admit`, but waits a moment for a place, unless too many wait already: a busy server is soon free, and servers
   * that do not answer must not have everybody wait for them.
   */
  async enter(server: string): Promise<Admission> {
    const deadline = Date.now() + patience;
    for (;;) {
      const admission = this.admit(server);
      const left = deadline - Date.now();
      if (admission.admitted || admission.reason !== 'busy' || left <= 0 || !this.mayWait(server)) return admission;
      await this.freePlace(server, left);
    }
  }

  /** @param server `host:port` */
  admit(server: string): Admission {
    const circuit = this.circuits.get(server) ?? newCircuit();
    this.circuits.set(server, circuit);
    const now = this.now();
    if (circuit.openUntil > now) {
      return { admitted: false, retryAt: new Date(circuit.openUntil), reason: 'out of order' };
    }
    if (circuit.underWay >= this.placesOf(circuit)) {
      // As long again as it has been silent: the mails of a server that is well are not held up by its first answer,
      // and those of one that is not do not ask all the time.
      const silence = circuit.proven ? patience : Math.min(Math.max(now - circuit.askedSince, soonest), latest);
      return { admitted: false, retryAt: new Date(now + silence), reason: 'busy' };
    }
    if (circuit.underWay === 0) circuit.askedSince = now;
    circuit.underWay += 1;
    return { admitted: true, done: (reachable) => this.report(server, circuit, reachable) };
  }

  /** Servers that are left alone now. */
  open(): string[] {
    return [...this.circuits].filter(([, { openUntil }]) => openUntil > this.now()).map(([server]) => server);
  }

  /** How many mails the server may have before it now. */
  private placesOf({ proven, failures, underWay }: Circuit): number {
    if (proven) return this.limit;
    const others = [...this.circuits.values()].reduce(
      (sum, other) => sum + (other.proven ? 0 : other.underWay),
      -underWay,
    );
    const forAll = Math.max(1, Math.floor(this.places * untriedForAll));
    return Math.min(failures >= failuresToOpen ? 1 : untriedLimit, forAll - others);
  }

  private mayWait(server: string): boolean {
    const forThis = this.circuits.get(server)?.waiting.size ?? 0;
    return forThis < this.places * waitingForOne && this.waiting < this.places * waitingForAll;
  }

  /** Waits until a mail for the server has ended, but not for ever. */
  private async freePlace(server: string, milliseconds: number): Promise<void> {
    const circuit = this.circuits.get(server);
    if (circuit === undefined) return;
    this.waiting += 1;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        circuit.waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, milliseconds);
      circuit.waiting.add(wake);
    });
    this.waiting -= 1;
  }

  private report(server: string, circuit: Circuit, reachable: boolean): void {
    circuit.underWay -= 1;
    circuit.proven = reachable;
    circuit.failures = reachable ? 0 : circuit.failures + 1;
    circuit.openUntil = this.now() + pauseAfter(circuit.failures) * 1000;
    for (const wake of circuit.waiting) wake();
    // A server that is well and idle need not be remembered for ever; there may be many over time.
    if (circuit.underWay === 0 && this.circuits.size > 1000) this.circuits.delete(server);
  }
}

function newCircuit(): Circuit {
  return { failures: 0, proven: false, openUntil: 0, underWay: 0, askedSince: 0, waiting: new Set() };
}

function pauseAfter(failures: number): number {
  if (failures < failuresToOpen) return 0;
  return Math.min(longestPause, shortestPause * 2 ** (failures - failuresToOpen));
}
