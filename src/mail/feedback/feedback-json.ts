import { createHash, timingSafeEqual } from 'node:crypto';

import { sanitize } from '../transport/sanitize.js';
import { FeedbackFormatError } from './feedback-provider.js';

/** An object of JSON, whose members may be anything. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Returns a value as an object. @throws FeedbackFormatError */
export function objectIn(value: unknown, name: string): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new FeedbackFormatError(`${name} is not an object.`);
}

/** Returns a member that is text and not empty. @throws FeedbackFormatError */
export function textIn(object: JsonObject, name: string): string {
  const value = object[name];
  if (typeof value === 'string' && value !== '' && value.length <= 1_000 && !value.includes('\0')) return value;
  throw new FeedbackFormatError(`${name} is not text.`);
}

/** Returns a member that is text; undefined if there is none. */
export function optionalText(object: JsonObject, name: string): string | undefined {
  return object[name] === undefined || object[name] === null || object[name] === '' ? undefined : textIn(object, name);
}

/** Returns the time in a member: ISO 8601, or seconds since 1970. @throws FeedbackFormatError */
export function timeIn(object: JsonObject, name: string): Date {
  const value = object[name];
  const time = typeof value === 'number' ? new Date(value * 1000) : new Date(typeof value === 'string' ? value : NaN);
  const year = Number.isNaN(time.getTime()) ? 0 : time.getUTCFullYear();
  if (year < 2000 || year > 9000) throw new FeedbackFormatError(`${name} is not a time.`);
  return time;
}

/** Returns the words of a provider in one line. */
export function wordsIn(object: JsonObject, ...names: readonly string[]): string {
  const words = names.map((name) => object[name]).filter((value) => typeof value === 'string' && value !== '');
  return sanitize(words.join(' ').slice(0, 2_000));
}

/** Whether two texts are the same, in a time that does not depend on where they differ. */
export function isSame(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
