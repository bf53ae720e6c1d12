import { setFlagsFromString } from 'node:v8';

/**
 * Makes V8 collect at 50 % heap growth. By default it collects at up to four times the live heap, and the process keeps
 * that memory: many mails at a time left 370 MB, of which 75 were live. The CPU time per mail stays the same.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--heap-growing-percent=50');
}
