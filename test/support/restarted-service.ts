import { ServiceProcess } from './service-process.js';

/** The service as a process that ends and is started again, on the same database. */
export class RestartedService {
  /** How often it was started again. */
  restarts = 0;
  private current: ServiceProcess | undefined;

  /** @param environment settings by name; DATABASE_URL is needed */
  constructor(private readonly environment: Record<string, string>) {}

  /** @returns where it listens: each time somewhere else */
  async start(): Promise<string> {
    const service = ServiceProcess.start({
      SECRET_KEY: 'secret-key-of-the-tests-0123456789',
      PORT: '0',
      ...this.environment,
    });
    this.current = service;
    const [, url = ''] = await service.prints(/(http:\/\/127\.0\.0\.1:\d+)\/api\/v3\/docs/);
    return url;
  }

  /** Ends it with a signal and starts it again. @returns where it listens now */
  async restart(signal: 'SIGKILL' | 'SIGTERM'): Promise<string> {
    await this.end(signal);
    this.restarts += 1;
    return this.start();
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.current?.signal(signal);
    await this.current?.ended();
  }
}
