/** Consecutive failures that open a circuit. */
const failuresToOpen = 3;

/** First and maximum pause in seconds; each further failure doubles the pause. */
const minPause = 15;
const maxPause = 300;

/** Concurrent mails to a server that has not answered yet or has just failed. */
const unprovenLimit = 2;

/** Milliseconds that a mail waits for a slot before it is postponed in favour of other servers. */
const slotWaitMs = 1000;

/** Shares of the concurrency that may wait for one server and for all servers, and that unproven servers may use. */
const waitingShareOfServer = 0.2;
const waitingShareOfAll = 0.4;
const unprovenShareOfAll = 0.5;

/** Bounds in milliseconds for the retry of a mail whose server has not answered yet. */
const minRetryMs = 250;
const maxRetryMs = 5000;

interface Circuit {
  /** Consecutive failures. */
  failures: number;
  /** Whether it has answered since its last failure. */
  proven: boolean;
  openUntil: number;
  /** Why the last failure happened, for administrators. */
  reason: string;
  inFlight: number;
  /** Start of the current unanswered attempts, for unproven servers. */
  silentSince: number;
  /** Callbacks of mails that wait for a slot. */
  readonly waiting: Set<() => void>;
}

/** The result of an admission: the server was reached, or why it was not; undefined if nothing was sent. */
export type Contact = 'reached' | { readonly failure: string } | undefined;

/** Admission to a server. If admitted, the caller must call `done`. */
export type Admission =
  | { readonly admitted: true; readonly done: (contact: Contact) => void }
  | { readonly admitted: false; readonly retryAfterMs: number; readonly reason: 'busy' | 'open' };

/**
 * Circuit breakers, one per mail server, so that an unresponsive server does not hold up the mails of others: a few
 * consecutive failures open a circuit, after the pause a single mail probes it, and no server gets a worker's whole
 * concurrency.
 */
export class ServerCircuits {
  private readonly circuits = new Map<string, Circuit>();
  /** Concurrent mails to a server that answers. */
  private readonly limit: number;
  private waiting = 0;

  /**
   * @param concurrency mails that a worker handles concurrently
   * @param now returns the time in milliseconds, of a clock that is never set
   */
  constructor(
    private readonly concurrency: number,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.limit = Math.max(2, Math.floor(concurrency * 0.8));
  }

  /**
   * Like `admit`, but waits briefly for a slot unless too many mails wait already: a busy server is soon free, and
   * unresponsive servers must not occupy all workers.
   */
  async enter(server: string): Promise<Admission> {
    const deadline = performance.now() + slotWaitMs;
    for (;;) {
      const admission = this.admit(server);
      const left = deadline - performance.now();
      if (admission.admitted || admission.reason !== 'busy' || left <= 0 || !this.mayWait(server)) return admission;
      await this.waitForSlot(server, left);
    }
  }

  /** Admits a mail if the server has a free slot. @param server `host:port` */
  admit(server: string): Admission {
    const circuit = this.circuits.get(server) ?? newCircuit();
    this.circuits.set(server, circuit);
    const now = this.now();
    if (circuit.openUntil > now) {
      return { admitted: false, retryAfterMs: circuit.openUntil - now, reason: 'open' };
    }
    if (circuit.inFlight >= this.slotsOf(circuit)) {
      // Waits as long again as the server has been silent: short for a healthy server before its first answer, and long
      // enough not to poll an unresponsive one.
      const silence = circuit.proven
        ? slotWaitMs
        : Math.min(Math.max(now - circuit.silentSince, minRetryMs), maxRetryMs);
      return { admitted: false, retryAfterMs: silence, reason: 'busy' };
    }
    if (circuit.inFlight === 0) circuit.silentSince = now;
    circuit.inFlight += 1;
    return { admitted: true, done: (contact) => this.report(server, circuit, contact) };
  }

  /** Whether the circuit of a server has opened, and no mail has reached the server since. */
  isFailing(server: string): boolean {
    return (this.circuits.get(server)?.failures ?? 0) >= failuresToOpen;
  }

  /** Why the last failure of a server happened; empty if there was none. */
  failureOf(server: string): string {
    return this.circuits.get(server)?.reason ?? '';
  }

  /** Returns the servers with an open circuit. */
  open(): string[] {
    return [...this.circuits].filter(([, { openUntil }]) => openUntil > this.now()).map(([server]) => server);
  }

  /** Returns the number of mails that the server may handle concurrently at present. */
  private slotsOf({ proven, failures, inFlight }: Circuit): number {
    if (proven) return this.limit;
    const others = [...this.circuits.values()].reduce(
      (sum, other) => sum + (other.proven ? 0 : other.inFlight),
      -inFlight,
    );
    const forAll = Math.max(1, Math.floor(this.concurrency * unprovenShareOfAll));
    return Math.min(failures >= failuresToOpen ? 1 : unprovenLimit, forAll - others);
  }

  private mayWait(server: string): boolean {
    const forThis = this.circuits.get(server)?.waiting.size ?? 0;
    return forThis < this.concurrency * waitingShareOfServer && this.waiting < this.concurrency * waitingShareOfAll;
  }

  /** Waits until a mail to the server has finished, or for `milliseconds`. */
  private async waitForSlot(server: string, milliseconds: number): Promise<void> {
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

  private report(server: string, circuit: Circuit, contact: Contact): void {
    circuit.inFlight -= 1;
    if (contact !== undefined) {
      circuit.proven = contact === 'reached';
      circuit.failures = circuit.proven ? 0 : circuit.failures + 1;
      if (contact !== 'reached') circuit.reason = contact.failure;
      circuit.openUntil = this.now() + pauseAfter(circuit.failures) * 1000;
    }
    for (const wake of circuit.waiting) wake();
    // Bounds the map: idle circuits need not be kept.
    if (circuit.inFlight === 0 && this.circuits.size > 1000) this.circuits.delete(server);
  }
}

function newCircuit(): Circuit {
  return {
    failures: 0,
    proven: false,
    openUntil: -Infinity,
    reason: '',
    inFlight: 0,
    silentSince: 0,
    waiting: new Set(),
  };
}

function pauseAfter(failures: number): number {
  if (failures < failuresToOpen) return 0;
  return Math.min(maxPause, minPause * 2 ** (failures - failuresToOpen));
}
