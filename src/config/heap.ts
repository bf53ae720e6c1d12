import { setFlagsFromString } from 'node:v8';

/**
 * Has V8 tidy up whenever what is in use has grown by half. By itself it waits until it is up to four times as much, and
 * the process keeps that: what many mails at a time leave behind came to 370 MB, of which 75 were in use. The processor
 * time of a mail stays the same.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--heap-growing-percent=50');
}
