import type { Logger } from './config/logger.js';
import { environment } from './config/read-settings.js';
import { describeReload, reloadSettings } from './config/reload-settings.js';
import type { Settings } from './config/settings.js';

/**
 * Reads the settings again on SIGHUP, and applies those that can change without a restart. A configuration that cannot be
 * used changes nothing. On a terminal, SIGHUP means that the terminal was closed; see `isOnTerminal`.
 */
export function reloadOnSignal(settings: Settings, logger: Logger): void {
  if (!isOnTerminal()) process.on('SIGHUP', () => reload(settings, logger));
}

/** Whether a person started this process, so that SIGHUP ends it. */
export function isOnTerminal(): boolean {
  return process.stdin.isTTY || process.stdout.isTTY;
}

function reload(settings: Settings, logger: Logger): void {
  try {
    const result = reloadSettings(settings, environment());
    logger.level = settings.logLevel;
    for (const warning of result.warnings) logger.warn(warning);
    logger[result.needRestart.length === 0 ? 'info' : 'warn'](describeReload(result));
  } catch (error) {
    const reason = (error as Error).message.split(/\n\s*/).join(' ');
    logger.error(`Settings read again; nothing changed. ${reason}`);
  }
}
