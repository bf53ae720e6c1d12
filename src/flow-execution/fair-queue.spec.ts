import { describe, expect, it } from 'vitest';

import { FairQueue, QueueFullError, type QueueLimits } from './fair-queue.js';

/** Work that ends on request. */
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

/** Waits until only held jobs are left. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function queueWith(limits: Partial<QueueLimits>): FairQueue {
  return new FairQueue({ running: 10, runningPerClient: 10, waiting: 100, waitingPerClient: 100, ...limits });
}

describe('A fair queue', () => {
  it('runs jobs with the same key one at a time, also after a failure', async () => {
    const queue = queueWith({});
    const [first, second] = [held(), held()];
    const failed = queue.run('client', 'key', async () => {
      await first.work();
      throw new Error('failed');
    });
    const done = queue.run('other', 'key', second.work);
    await settle();
    expect([first.isRunning(), second.isRunning()]).toEqual([true, false]);
    first.end();
    await expect(failed).rejects.toThrow('failed');
    await settle();
    expect(second.isRunning()).toBe(true);
    second.end();
    expect(await done).toBe('done');
  });

  it('runs other jobs concurrently, up to the limit', async () => {
    const queue = queueWith({ running: 2 });
    const all = [held(), held(), held()];
    const done = all.map(({ work }, index) => queue.run('client', index === 1 ? undefined : String(index), work));
    await settle();
    expect(all.map(({ isRunning }) => isRunning())).toEqual([true, true, false]);
    all[1]!.end();
    await settle();
    expect(all.map(({ isRunning }) => isRunning())).toEqual([true, false, true]);
    for (const { end } of all) end();
    expect(await Promise.all(done)).toEqual(['done', 'done', 'done']);
    expect(await queue.run('client', '0', () => Promise.resolve('again'))).toBe('again');
  });

  it('leaves capacity for other keys while many jobs with one key wait', async () => {
    const queue = queueWith({ running: 2 });
    const many = Array.from({ length: 10 }, held);
    const done = many.map(({ work }) => queue.run('client', 'busy', work));
    const other = held();
    done.push(queue.run('client', 'other', other.work));
    await settle();
    expect(other.isRunning()).toBe(true);
    for (const { end } of [other, ...many]) end();
    expect(await Promise.all(done)).toHaveLength(11);
  });

  it('leaves capacity for other clients while one client is at its limit', async () => {
    const queue = queueWith({ running: 4, runningPerClient: 2 });
    const many = Array.from({ length: 10 }, held);
    const done = many.map(({ work }) => queue.run('busy', undefined, work));
    const other = held();
    done.push(queue.run('other', undefined, other.work));
    await settle();
    expect(many.filter(({ isRunning }) => isRunning())).toHaveLength(2);
    expect(other.isRunning()).toBe(true);
    for (const { end } of [other, ...many]) end();
    expect(await Promise.all(done)).toHaveLength(11);
  });

  it('serves waiting clients in turn', async () => {
    const queue = queueWith({ running: 1 });
    const order: string[] = [];
    const run = (client: string): Promise<void> =>
      queue.run(client, undefined, async () => {
        order.push(client);
        await settle();
      });
    await Promise.all(['a', 'a', 'a', 'a', 'b', 'b', 'c'].map(run));
    expect(order).toEqual(['a', 'b', 'c', 'a', 'b', 'a', 'a']);
  });

  it('refuses jobs above the limits of waiting jobs, per client and in total', async () => {
    const queue = queueWith({ running: 1, waiting: 3, waitingPerClient: 2 });
    const all = Array.from({ length: 4 }, held);
    const done = ['a', 'a', 'a', 'b'].map((client, index) => queue.run(client, undefined, all[index]!.work));
    const refused = (): Promise<string> => Promise.reject(new Error('refused work was run'));
    await expect(queue.run('a', undefined, refused)).rejects.toThrow(QueueFullError);
    await expect(queue.run('c', undefined, refused)).rejects.toThrow(QueueFullError);
    for (const { end } of all) end();
    expect(await Promise.all(done)).toHaveLength(4);
    expect(await queue.run('a', undefined, () => Promise.resolve('again'))).toBe('again');
  });
});
