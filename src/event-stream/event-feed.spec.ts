import { describe, expect, it } from 'vitest';

import { latest, pageOf } from './event-feed.js';
import type { PlacedEvent } from './event-stream-store.js';

const placed = (...positions: number[]): PlacedEvent[] =>
  positions.map((position) => ({
    position,
    id: '',
    type: 'user.created',
    subject: 'user/1',
    sequence: 0,
    created: '',
    data: {},
  }));

describe('A page of the stream', () => {
  const after = (position: number, positions: number[], last = 9): object => {
    const { events, reset, next } = pageOf({ keptSince: 1, position }, placed(...positions), last);
    return [events.map((event) => event.position), reset, next.position];
  };

  it('has the events that follow', () => {
    expect(after(3, [4, 5, 6])).toEqual([[4, 5, 6], undefined, 6]);
  });

  it('ends before a gap, which the next page begins with', () => {
    expect(after(3, [4, 5, 8, 9])).toEqual([[4, 5], undefined, 5]);
    expect(after(5, [8, 9])).toEqual([[8, 9], 'expired', 9]);
  });

  it('is a gap up to the end if all events were deleted', () => {
    expect(after(3, [])).toEqual([[], 'expired', 9]);
  });
});

describe('The latest events', () => {
  const positions = (events: PlacedEvent[], last: number): number[] =>
    latest(events, last).map(({ position }) => position);

  it('are those up to the end without a gap', () => {
    expect(positions(placed(1, 2, 4, 5), 5)).toEqual([4, 5]);
    expect(positions(placed(1, 2), 3)).toEqual([]);
    expect(positions([], 0)).toEqual([]);
  });

  it('are limited in number and in size', () => {
    const many = placed(...Array.from({ length: 600 }, (_, index) => index + 1));
    expect(positions(many, 600)).toHaveLength(500);
    const large = many.map((event) => ({ ...event, data: { text: 'x'.repeat(1_000_000) } }));
    expect(positions(large, 600)).toEqual([598, 599, 600]);
  });
});
