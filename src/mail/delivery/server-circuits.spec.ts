import { describe, expect, it } from 'vitest';

import { type Admission, ServerCircuits } from './server-circuits.js';

function setup(concurrency = 7): { circuits: ServerCircuits; clock: { now: number }; fail: (server: string) => void } {
  const clock = { now: 1_000_000 };
  const circuits = new ServerCircuits(concurrency, () => clock.now);
  const fail = (server: string): void => admitted(circuits.admit(server)).done({ failure: 'It is silent.' });
  return { circuits, clock, fail };
}

function admitted(admission: Admission): Extract<Admission, { admitted: true }> {
  if (!admission.admitted) throw new Error(`not admitted: ${admission.reason}`);
  return admission;
}

describe('ServerCircuits', () => {
  it('gives an unproven server two slots, and all slots once it has answered', () => {
    const { circuits } = setup();
    const first = admitted(circuits.admit('a:25'));
    admitted(circuits.admit('a:25'));
    expect(circuits.admit('a:25')).toMatchObject({ admitted: false, reason: 'busy' });
    first.done('reached');
    for (let slot = 1; slot < 5; slot += 1) admitted(circuits.admit('a:25'));
    expect(circuits.admit('a:25')).toMatchObject({ admitted: false, reason: 'busy' });
  });

  it('opens the circuit of a server after three consecutive failures, and no other circuit', () => {
    const { circuits, fail } = setup();
    fail('a:25');
    fail('a:25');
    expect(circuits.open()).toEqual([]);
    fail('a:25');
    expect(circuits.open()).toEqual(['a:25']);
    const refused = circuits.admit('a:25');
    expect(refused).toEqual({ admitted: false, reason: 'open', retryAfterMs: 15_000 });
    admitted(circuits.admit('b:25'));
  });

  it('probes the server with a single mail after the pause', () => {
    const { circuits, clock, fail } = setup();
    for (let count = 0; count < 3; count += 1) fail('a:25');
    clock.now += 15_001;
    const probe = admitted(circuits.admit('a:25'));
    expect(circuits.admit('a:25')).toMatchObject({ admitted: false, reason: 'busy' });
    probe.done('reached');
    admitted(circuits.admit('a:25'));
    admitted(circuits.admit('a:25'));
    admitted(circuits.admit('a:25'));
  });

  it('doubles the pauses up to five minutes', () => {
    const { circuits, clock, fail } = setup();
    fail('a:25');
    fail('a:25');
    const pauses = Array.from({ length: 6 }, () => {
      fail('a:25');
      const refused = circuits.admit('a:25');
      const pause = refused.admitted ? 0 : refused.retryAfterMs;
      clock.now += pause + 1;
      return pause / 1000;
    });
    expect(pauses).toEqual([15, 30, 60, 120, 240, 300]);
  });

  it('gives a free slot to a waiting mail', async () => {
    const { circuits } = setup();
    const [first] = [admitted(circuits.admit('a:25')), admitted(circuits.admit('a:25'))];
    const later = circuits.enter('a:25');
    first.done('reached');
    admitted(await later);
  });

  it('returns a retry delay that grows with the silence of an unproven server, and 1 s for a busy proven one', () => {
    const { circuits, clock } = setup();
    const [first] = [admitted(circuits.admit('a:25')), admitted(circuits.admit('a:25'))];
    const delays = [0, 1_000, 60_000].map((silence) => {
      clock.now = 1_000_000 + silence;
      const refused = circuits.admit('a:25');
      return refused.admitted ? undefined : refused.retryAfterMs;
    });
    expect(delays).toEqual([250, 1_000, 5_000]);
    first.done('reached');
    for (let slot = 1; slot < 5; slot += 1) admitted(circuits.admit('a:25'));
    expect(circuits.admit('a:25')).toMatchObject({ retryAfterMs: 1000 });
  });

  it('reserves half of the slots for proven servers', () => {
    const { circuits } = setup(10);
    admitted(circuits.admit('well:25')).done('reached');
    const silent = Array.from({ length: 10 }, (_, index) => circuits.admit(`silent${index}:25`));
    expect(silent.filter((admission) => admission.admitted)).toHaveLength(5);
    for (let slot = 0; slot < 5; slot += 1) admitted(circuits.admit('well:25'));
  });

  it('limits the mails that wait, per server and in total', async () => {
    const { circuits } = setup(10);
    const first = ['a:25', 'b:25', 'c:25'].map((server) => admitted(circuits.admit(server)));
    admitted(circuits.admit('a:25'));
    admitted(circuits.admit('b:25'));
    const waiting = ['a:25', 'a:25', 'b:25', 'b:25'].map((server) => circuits.enter(server));
    for (const server of ['a:25', 'c:25']) {
      expect(await circuits.enter(server)).toMatchObject({ admitted: false, reason: 'busy' });
    }
    for (const each of first) each.done('reached');
    for (const each of waiting) admitted(await each);
  });
});
