import { describe, expect, it } from 'vitest';

import { Turns } from './turns.js';

/** Work that ends when it is told to. */
function held(): { work: () => Promise<string>; isRunning: () => boolean; end: () => void } {
  let isRunning = false;
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const work = async (): Promise<string> => {
    isRunning = true;
    await ended;
    isRunning = false;
    return 'done';
  };
  return { work, isRunning: () => isRunning, end };
}

/** Lets everything happen that waits for nothing else. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('Turns', () => {
  it('are taken one after the other by work with the same key, also after a failure', async () => {
    const turns = new Turns(5);
    const [first, second] = [held(), held()];
    const failed = turns.take('a', async () => {
      await first.work();
      throw new Error('failed');
    });
    const done = turns.take('a', second.work);
    await settle();
    expect([first.isRunning(), second.isRunning()]).toEqual([true, false]);
    first.end();
    await expect(failed).rejects.toThrow('failed');
    await settle();
    expect(second.isRunning()).toBe(true);
    second.end();
    expect(await done).toBe('done');
  });

  it('are taken at the same time by other work, as far as there are places', async () => {
    const turns = new Turns(2);
    const all = [held(), held(), held()];
    const [a, b, c] = all;
    const done = all.map(({ work }, index) => turns.take(index === 1 ? undefined : String(index), work));
    await settle();
    expect(all.map(({ isRunning }) => isRunning())).toEqual([true, true, false]);
    b?.end();
    await settle();
    expect(all.map(({ isRunning }) => isRunning())).toEqual([true, false, true]);
    a?.end();
    c?.end();
    expect(await Promise.all(done)).toEqual(['done', 'done', 'done']);
    expect(await turns.take('0', () => Promise.resolve('again'))).toBe('again');
  });

  it('leave a place to others while much work with one key waits', async () => {
    const turns = new Turns(2);
    const many = Array.from({ length: 10 }, held);
    const done = many.map(({ work }) => turns.take('busy', work));
    const other = held();
    const otherDone = turns.take('other', other.work);
    await settle();
    expect(other.isRunning()).toBe(true);
    other.end();
    for (const { end } of many) end();
    expect(await Promise.all([...done, otherDone])).toHaveLength(11);
  });
});
