import { createLogger, type Logger } from './logger.js';

/**
 * Logs what Node.js prints as text by default: warnings, and exceptions that nothing caught, after which the process exits
 * with 1. Of an error only the stack is logged: its properties may hold parameters of statements.
 */
export function logFaults(logger: Logger): void {
  process.removeAllListeners('warning').on('warning', ({ message, stack }) => {
    logger.warn({ context: 'Process', stack }, message);
  });
  process.on('uncaughtException', (error: unknown) => {
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    logger.fatal({ context: 'Process', stack }, `Uncaught exception: ${message}`);
    process.exit(1);
  });
}

/** Reports a failure of the process that no LOG_LEVEL hides: as text on a terminal, and as a line of the log elsewhere. */
export function reportFailure(text: string): void {
  const { stdout, stderr } = process;
  if (stdout.isTTY || stderr.isTTY) stderr.write(`${text}\n`);
  if (!stdout.isTTY) createLogger({ logLevel: 'fatal' }).fatal(text);
}
