import { type Message, message } from '../../rest/messages/messages.js';

/**
 * The refusal of an attempt that comes too early.
 *
 * @param wait seconds until the next one is allowed; rounded up to minutes
 */
export function tooManyAttempts(wait: number): Message {
  return message('tooManyAttempts', { minutes: Math.max(1, Math.ceil(wait / 60)) });
}
