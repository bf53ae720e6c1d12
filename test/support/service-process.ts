import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { inject } from 'vitest';

/** A line of the log. */
export interface LogLine {
  readonly level: number;
  readonly time: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** The service as a separate process. */
export class ServiceProcess {
  private received = '';
  /** Emits `change` after output and at the exit. */
  private readonly changes = new EventEmitter();

  private constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.received += chunk.toString();
        this.changes.emit('change');
      });
    }
    child.on('exit', () => this.changes.emit('change'));
  }

  /**
   * @param environment settings by name; none is inherited
   * @param folder the compiled sources to run
   * @param cwd its current folder, from which it reads `.env`
   * @param args the command to run; `start` by default
   */
  static start(
    environment: Record<string, string>,
    folder = inject('compiledSources'),
    cwd?: string,
    args: readonly string[] = [],
  ): ServiceProcess {
    const { PATH = '' } = process.env;
    const child = spawn(process.execPath, ['--enable-source-maps', join(folder, 'main.js'), ...args], {
      cwd,
      env: { PATH, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new ServiceProcess(child);
  }

  /** Everything printed so far. */
  get output(): string {
    return this.received;
  }

  /**
   * The log so far, without a line that is still being written.
   *
   * @throws SyntaxError if a line is not JSON
   */
  get log(): LogLine[] {
    const lines = this.received.split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as LogLine);
  }

  /** Waits until the output matches, and returns the match. */
  async prints(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.received);
      if (found !== null) return found;
      const { exitCode, signalCode } = this.child;
      if (exitCode !== null || signalCode !== null) {
        throw new Error(`the service exited with ${exitCode ?? signalCode ?? ''}:\n${this.received}`);
      }
      await once(this.changes, 'change');
    }
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** Waits for its exit. @returns the exit code, or null if a signal killed it */
  async ended(): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'close');
    return this.child.exitCode;
  }
}

/** Returns a port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
