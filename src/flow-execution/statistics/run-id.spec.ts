import { expect, it } from 'vitest';

import { parseUuid } from '../../rest/fields/uuid.js';
import { newRunId, startHourOf } from './run-id.js';

const now = Date.parse('2026-05-01T10:59:59.999Z');

it('The ID of a run is a UUID that differs each time and holds the hour of its start', () => {
  const ids = Array.from({ length: 200 }, () => newRunId(now));
  expect(new Set(ids).size).toBe(200);
  for (const id of ids) {
    expect(parseUuid(id)).toBe(id);
    expect(id).toMatch(/^.{14}7.{4}[89ab]/);
    expect(new Date(startHourOf(id, 0)).toISOString()).toBe('2026-05-01T10:00:00.000Z');
  }
});

it('A run with an ID of another version counts as started now', () => {
  expect(startHourOf('6f1d9a52-0c1e-4f6a-9b1d-3f1f3f0c7a11', now)).toBe(Date.parse('2026-05-01T10:00:00Z'));
});
