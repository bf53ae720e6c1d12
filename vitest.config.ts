import { availableParallelism } from 'node:os';

import swc from 'unplugin-swc';
import { defineConfig } from 'vitest/config';

import { swcOptions } from './test/support/swc-options.js';

const decorators = swc.vite({ tsconfigFile: false, ...swcOptions });

/** Property tests whose number of runs is a multiple of `sweep`. */
const sweeps = ['authority-model', 'broken-plans', 'flow-fuzz'].map((name) => `test/e2e/${name}.spec.ts`);

declare module 'vitest' {
  interface ProvidedContext {
    /** How many times as long property tests run. */
    sweep: number;
  }
}

/** Tests of the whole application on a database server. */
const app = {
  // The files of a worker share what they import: importing the application takes longer than most files' tests.
  // A file that changes something global puts it back.
  isolate: false,
  provide: { sweep: 1 },
  globalSetup: ['test/support/database-server.ts', 'test/support/compiled-sources.ts'],
  testTimeout: 60_000,
  hookTimeout: 120_000,
};

export default defineConfig({
  test: {
    // Vitest would leave one core idle, which is half of a small machine; with more workers the database has too few
    // connections for all of them.
    maxWorkers: Math.min(availableParallelism(), 4),
    projects: [
      {
        plugins: [decorators],
        test: {
          name: 'unit',
          isolate: false,
          include: ['src/**/*.spec.ts', 'scripts/**/*.spec.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        plugins: [decorators],
        test: {
          ...app,
          name: 'app',
          include: ['test/**/*.spec.ts'],
          exclude: ['test/browser/**', 'test/embedded/**', 'test/slow/**', 'test/timing/**'],
        },
      },
      {
        plugins: [decorators],
        test: {
          // For another PostgreSQL server: without what does not depend on the server, or only repeats statements of others.
          ...app,
          name: 'server',
          include: ['test/{database,e2e,mail}/**/*.spec.ts'],
          exclude: [
            ...sweeps,
            'test/e2e/*{page,protocol,hostile-json,template,background}*.spec.ts',
            'test/e2e/{flow-queue,mailbox,operation,request-limits,route-access}.spec.ts',
            'test/mail/transport-*.spec.ts',
          ],
        },
      },
      {
        plugins: [decorators],
        test: {
          // What brings up the embedded database by itself, whatever server the other tests use.
          name: 'embedded',
          include: ['test/embedded/**/*.spec.ts'],
          globalSetup: ['test/support/compiled-sources.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        plugins: [decorators],
        test: {
          // What compares times has the machine for itself: one file after the other, when all others have ended.
          name: 'timing',
          sequence: { groupOrder: 1 },
          fileParallelism: false,
          include: ['test/timing/**/*.spec.ts'],
          globalSetup: ['test/support/database-server.ts'],
          testTimeout: 400_000,
          hookTimeout: 120_000,
        },
      },
      {
        plugins: [decorators],
        test: {
          // What takes minutes, run before a release: `npm run test:slow`. Property tests run 25 times as long.
          name: 'slow',
          fileParallelism: false,
          provide: { sweep: 25 },
          include: ['test/slow/**/*.spec.ts', ...sweeps],
          globalSetup: ['test/support/database-server.ts', 'test/support/compiled-sources.ts'],
          testTimeout: 1_800_000,
          hookTimeout: 120_000,
        },
      },
      {
        plugins: [decorators],
        test: {
          name: 'browser',
          include: ['test/browser/**/*.spec.ts'],
          globalSetup: ['test/support/database-server.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
