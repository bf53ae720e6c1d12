import type { LoggerService, LogLevel } from '@nestjs/common';
import { type Logger, pino } from 'pino';

import type { Settings } from './settings.js';
import { traceIds } from './tracing.js';

export type { Logger } from 'pino';

/** Injects the log of the process. */
export const LOGGER = Symbol('logger');

/** Bytes of buffered lines at most; further lines are dropped if stdout is not read. */
const maxBufferedBytes = 16 * 2 ** 20;

/**
 * Creates the log: one JSON object per line, or readable lines on a terminal. Never contains secrets. Lines are written in
 * batches, without blocking requests, and flushed when the process ends.
 */
export function createLogger({ logLevel }: Pick<Settings, 'logLevel'>): Logger {
  const options = {
    level: logLevel,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    mixin: () => traceIds() ?? {},
  };
  if (!process.stdout.isTTY)
    return pino(options, pino.destination({ dest: 1, sync: false, maxLength: maxBufferedBytes }));
  const readable = { ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss' };
  return pino({ ...options, transport: { target: 'pino-pretty', options: readable } });
}

type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/** Adapter from Nest's logger to the log of the process. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    // Nest's own start-up lines (modules, routes) are only useful for debugging.
    const context = rest.at(-1);
    this.write(isNestItself(context) ? 'debug' : 'info', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  setLogLevels(_levels: LogLevel[]): void {
    // LOG_LEVEL sets the level.
  }

  private write(level: Level, message: unknown, rest: unknown[]): void {
    const context = rest.at(-1);
    const stack = rest.length > 1 ? rest[0] : undefined;
    const { message: text, ...fields } =
      typeof message === 'object' && message !== null
        ? (message as { message?: string })
        : { message: String(message) };
    this.logger[level]({ context, ...(stack !== undefined && { stack }), ...fields }, text);
  }
}

function isNestItself(context: unknown): boolean {
  const own = ['NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestApplication'];
  return own.includes(String(context));
}
