import { setTimeout as sleep } from 'node:timers/promises';

import { freePort, ServiceProcess } from '../../support/service-process.js';
import { report } from './report.js';

/** End of a process. */
interface End {
  readonly at: number;
  /** `SIGKILL` and `SIGTERM` of a fault, or `unasked`. */
  readonly cause: string;
}

/** A process of the service that is started again a second after its end, as an orchestrator does. */
export class Node {
  readonly ends: End[] = [];
  private service: ServiceProcess | undefined;
  private cause = 'unasked';
  private isOver = false;
  private running = Promise.resolve();

  private constructor(
    readonly name: string,
    readonly role: 'api' | 'worker',
    readonly url: string,
    private readonly environment: Record<string, string>,
  ) {}

  static async start(name: string, role: 'api' | 'worker', environment: Record<string, string>): Promise<Node> {
    const port = String(await freePort());
    const node = new Node(name, role, `http://127.0.0.1:${port}`, { ...environment, ROLE: role, PORT: port });
    node.running = node.run();
    return node;
  }

  /** Ends the process by a signal. */
  end(signal: 'SIGKILL' | 'SIGTERM'): void {
    this.cause = signal;
    this.service?.signal(signal);
  }

  /** Ends the process, and does not start it again. */
  async stop(): Promise<void> {
    this.isOver = true;
    this.end('SIGKILL');
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.isOver) {
      this.service = ServiceProcess.start(this.environment);
      await this.service.ended();
      this.ends.push({ at: Date.now(), cause: this.cause });
      if (this.cause === 'unasked') report(`${this.name} ended unasked: ${this.service.output.slice(-600)}`);
      this.cause = 'unasked';
      if (!this.isOver) await sleep(1000);
    }
  }
}
