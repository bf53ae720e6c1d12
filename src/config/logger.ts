import type { LoggerService, LogLevel } from '@nestjs/common';
import { type Logger, pino } from 'pino';

import type { Settings } from './settings.js';

export type { Logger } from 'pino';

/** Bytes of lines that wait to be written, at most; when nobody reads them, those that come then are dropped. */
const mostWaiting = 16 * 2 ** 20;

/**
 * The process's log: one JSON object a line, or readable lines on a terminal. Secrets never get here. Lines that come
 * while one is being written are written together, and no request waits for them; what is left is written when the
 * process ends.
 */
export function createLogger({ logLevel }: Pick<Settings, 'logLevel'>): Logger {
  const options = { level: logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  if (!process.stdout.isTTY) return pino(options, pino.destination({ dest: 1, sync: false, maxLength: mostWaiting }));
  const readable = { ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss' };
  return pino({ ...options, transport: { target: 'pino-pretty', options: readable } });
}

type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/** Lets Nest and what runs in it write to the process's log. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    // What Nest tells of its own start (modules, routes) is of interest only when something is wrong with it.
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
    // LOG_LEVEL decides.
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
