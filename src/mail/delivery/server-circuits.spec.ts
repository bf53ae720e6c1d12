import { describe, expect, it } from 'vitest';

import { type Admission, ServerCircuits } from './server-circuits.js';

function setup(places = 7): { circuits: ServerCircuits; clock: { now: number }; fail: (server: string) => void } {
  const clock = { now: 1_000_000 };
  const circuits = new ServerCircuits(places, () => clock.now);
  const fail = (server: string): void => admitted(circuits.admit(server)).done(false);
  return { circuits, clock, fail };
}

function admitted(admission: Admission): Extract<Admission, { admitted: true }> {
  if (!admission.admitted) throw new Error(`not admitted: ${admission.reason}`);
  return admission;
}

describe('ServerCircuits', () => {
  it('gives a server that has not answered yet two places, and all of its places once it has', () => {
    const { circuits } = setup();
    const first = admitted(circuits.admit('a:25'));
    admitted(circuits.admit('a:25'));
    expect(circuits.admit('a:25')).toMatchObject({ admitted: false, reason: 'busy' });
    first.done(true);
    for (let place = 1; place < 5; place += 1) admitted(circuits.admit('a:25'));
    expect(circuits.admit('a:25')).toMatchObject({ admitted: false, reason: 'busy' });
  });

  it('leaves a server alone after three failures in a row, and that server only', () => {
    const { circuits, clock, fail } = setup();
    fail('a:25');
    fail('a:25');
    expect(circuits.open()).toEqual([]);
    fail('a:25');
    expect(circuits.open()).toEqual(['a:25']);
    const refused = circuits.admit('a:25');
    expect(refused).toEqual({ admitted: false, reason: 'open', retryAt: new Date(clock.now + 15_000) });
    admitted(circuits.admit('b:25'));
  });

  it('tries it with a single mail when the pause is over', () => {
    const { circuits, clock, fail } = setup();
    for (let count = 0; count < 3; count += 1) fail('a:25');
    clock.now += 15_001;
    const probe = admitted(circuits.admit('a:25'));
    expect(circuits.admit('a:25')).toMatchObject({ admitted: false, reason: 'busy' });
    probe.done(true);
    admitted(circuits.admit('a:25'));
    admitted(circuits.admit('a:25'));
    admitted(circuits.admit('a:25'));
  });

  it('makes the pauses longer, up to five minutes', () => {
    const { circuits, clock, fail } = setup();
    fail('a:25');
    fail('a:25');
    const pauses = Array.from({ length: 6 }, () => {
      fail('a:25');
      const refused = circuits.admit('a:25');
      const pause = refused.admitted ? 0 : refused.retryAt.getTime() - clock.now;
      clock.now += pause + 1;
      return pause / 1000;
    });
    expect(pauses).toEqual([15, 30, 60, 120, 240, 300]);
  });

  it('gives a place that becomes free to one who waits for it', async () => {
    const { circuits } = setup();
    const [first] = [admitted(circuits.admit('a:25')), admitted(circuits.admit('a:25'))];
    const later = circuits.enter('a:25');
    first.done(true);
    admitted(await later);
  });

  it('asks again for a server that has said nothing after as long again, for one that is busy after a second', () => {
    const { circuits, clock } = setup();
    const [first] = [admitted(circuits.admit('a:25')), admitted(circuits.admit('a:25'))];
    const delays = [0, 1_000, 60_000].map((silence) => {
      clock.now = 1_000_000 + silence;
      const refused = circuits.admit('a:25');
      return refused.admitted ? undefined : refused.retryAt.getTime() - clock.now;
    });
    expect(delays).toEqual([250, 1_000, 5_000]);
    first.done(true);
    for (let place = 1; place < 5; place += 1) admitted(circuits.admit('a:25'));
    expect(circuits.admit('a:25')).toMatchObject({ retryAt: new Date(clock.now + 1_000) });
  });

  it('keeps half of the places for servers that answer, however many do not', () => {
    const { circuits } = setup(10);
    admitted(circuits.admit('well:25')).done(true);
    const silent = Array.from({ length: 10 }, (_, index) => circuits.admit(`silent${index}:25`));
    expect(silent.filter((admission) => admission.admitted)).toHaveLength(5);
    for (let place = 0; place < 5; place += 1) admitted(circuits.admit('well:25'));
  });

  it('lets only some of the places be spent on waiting, for one server and for all', async () => {
    const { circuits } = setup(10);
    const first = ['a:25', 'b:25', 'c:25'].map((server) => admitted(circuits.admit(server)));
    admitted(circuits.admit('a:25'));
    admitted(circuits.admit('b:25'));
    const waiting = ['a:25', 'a:25', 'b:25', 'b:25'].map((server) => circuits.enter(server));
    for (const server of ['a:25', 'c:25']) {
      expect(await circuits.enter(server)).toMatchObject({ admitted: false, reason: 'busy' });
    }
    for (const each of first) each.done(true);
    for (const each of waiting) admitted(await each);
  });
});
