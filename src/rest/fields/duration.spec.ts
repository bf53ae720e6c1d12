import { describe, expect, it } from 'vitest';

import { englishMessages } from '../messages/english.js';
import { Rejection } from './coercions.js';
import { duration, parseDuration } from './duration.js';

function messagesFor(raw: unknown): unknown {
  try {
    return { taken: duration()(raw) };
  } catch (error) {
    if (error instanceof Rejection) return englishMessages(error.messages);
    throw error;
  }
}

describe('A duration', () => {
  it.each([
    ['seconds=0', 0],
    ['seconds=-0', 0],
    ['hours=3;minutes=17;seconds=300', 12_120],
    ['hours=3,minutes=17,seconds=300', 12_120],
    ['weeks=4', 2_419_200],
    ['DAYS=1', 86_400],
    [' minutes = +1.5 ; seconds=.5', 91],
    ['hours=1;minutes=-30', 1800],
    ['milliseconds=1', 1],
    ['microseconds=300000;milliseconds=700', 1],
    ['minutes=1;minutes=2', 120],
  ])('%j is %d seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
    expect(messagesFor(text)).toEqual({ taken: text.trim() });
  });

  it.each([
    '24d',
    '3',
    'hours',
    'hours=',
    'hours=x',
    'hours=1e3',
    'hours=nan',
    'hour=1',
    'hours=1;minute=5',
    'hours=1;',
    'hours=1=2',
    'hours=1 minutes=2',
    'months=1',
    'constructor=1',
    `days=${'9'.repeat(400)};hours=-${'9'.repeat(400)}`,
  ])('%j is refused with authentik’s message', (text) => {
    expect(messagesFor(text)).toEqual([`${text} is not in the correct format of 'hours=3;minutes=1'.`]);
  });

  it('rejects negative durations and durations beyond the range of dates', () => {
    expect(messagesFor('hours=1;minutes=-61')).toEqual(['Ensure this is not a negative time.']);
    expect(messagesFor('days=24856')).toEqual(['Ensure this is no more than 68 years.']);
    expect(messagesFor(`days=${'9'.repeat(200)}`)).toEqual(['Ensure this is no more than 68 years.']);
  });

  it('is refused if it is blank or not text', () => {
    expect(messagesFor(' ')).toEqual(['This field may not be blank.']);
    expect(messagesFor({})).toEqual(['Not a valid string.']);
    expect(messagesFor(5)).toEqual(["5 is not in the correct format of 'hours=3;minutes=1'."]);
  });
});
