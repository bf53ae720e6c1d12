import { setTimeout as delay } from 'node:timers/promises';

/**
 * Polls until `poll` returns a value, and returns it; undefined after `timeout` milliseconds. Calls `poll` at least
 * once.
 */
export async function waitUntil<T>(timeout: number, poll: () => Promise<T | undefined>): Promise<T | undefined> {
  const deadline = performance.now() + timeout;
  // A starting server is ready within milliseconds: poll often at first, less often in a long wait.
  for (let pause = 5; ; pause = Math.min(pause * 1.5, 100)) {
    const found = await poll();
    if (found !== undefined || performance.now() >= deadline) return found;
    await delay(pause);
  }
}
