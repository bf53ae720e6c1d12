import { ServiceProcess } from './service-process.js';

/** The service as a process that is restarted on the same database. */
export class RestartedService {
  /** Number of restarts. */
  restarts = 0;
  private current: ServiceProcess | undefined;

  /** @param environment settings by name; DATABASE_URL is required */
  constructor(private readonly environment: Record<string, string>) {}

  /** Starts the service. @returns its URL, which changes with each start */
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

  /** Stops the service with a signal and starts it again. @returns its new URL */
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
