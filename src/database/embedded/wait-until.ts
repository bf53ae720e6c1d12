import { setTimeout as delay } from 'node:timers/promises';

/**
 * Looks again and again until `look` finds something, and gives that.
 * Gives undefined when `patience` milliseconds have passed without; `look` runs at least once.
 */
export async function waitUntil<T>(patience: number, look: () => Promise<T | undefined>): Promise<T | undefined> {
  const deadline = performance.now() + patience;
  // The first answers of a starting server come within milliseconds: look often at first, seldom in a long wait.
  for (let pause = 5; ; pause = Math.min(pause * 1.5, 100)) {
    const found = await look();
    if (found !== undefined || performance.now() >= deadline) return found;
    await delay(pause);
  }
}
