import { availableParallelism } from 'node:os';

import swc from 'unplugin-swc';
import { defineConfig } from 'vitest/config';

import { swcOptions } from './test/support/swc-options.js';

const decorators = swc.vite({ tsconfigFile: false, ...swcOptions });

/** Tests that check few cases (`test/support/runs.ts`), and many in a sweep. */
const sweeps = [
  'docs/recipes',
  'e2e/address-model',
  'e2e/authority-model',
  'e2e/broken-plans',
  'e2e/email-stage-sendable',
  'e2e/flow-fuzz',
  'e2e/verification-model',
  'mail/dkim-signature',
].map((name) => `test/${name}.spec.ts`);

declare module 'vitest' {
  interface ProvidedContext {
    /** Whether property tests check many cases. */
    isSweep: boolean;
  }
}

/** Settings of all projects. */
const common = {
  // By default `expect.poll` gives up after one second, which a busy machine exceeds.
  expect: { poll: { timeout: 20_000 } },
};

/** Tests of the whole application on a database server. */
const app = {
  ...common,
  // The files of a worker share what they import: importing the application takes longer than most tests take.
  // A file that changes a global restores it.
  isolate: false,
  provide: { isSweep: false },
  globalSetup: ['test/support/database-server.ts', 'test/support/compiled-sources.ts'],
  testTimeout: 60_000,
  hookTimeout: 120_000,
};

export default defineConfig({
  test: {
    // By default Vitest leaves one core idle. Tests often wait, so one worker more than cores is faster; with more
    // workers, the database runs out of connections.
    maxWorkers: Math.min(availableParallelism() + 1, 4),
    // Keeps compiled modules in node_modules: a run after the first one needs a third less time for them.
    experimental: { fsModuleCache: true },
    projects: [
      {
        plugins: [decorators],
        test: {
          ...common,
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
          exclude: ['test/{browser,embedded,pictures,slow,timing}/**'],
        },
      },
      {
        plugins: [decorators],
        test: {
          // For another PostgreSQL server: without tests that do not depend on the server or only repeat statements of others.
          // A log of all statements, with a database for each file, showed which do. What depends on locks stays.
          ...app,
          name: 'server',
          include: ['test/{database,e2e,mail}/**/*.spec.ts'],
          exclude: [
            ...sweeps,
            'test/e2e/*{page,protocol,hostile-json,template,background}*.spec.ts',
            'test/e2e/{account-choice,accounts,address-owner,default-flows}.spec.ts',
            'test/e2e/{email-discretion,email-limits,email-proof,email-stage-mail,flow-authority,flow-executor}.spec.ts',
            'test/e2e/{flow-import-access,flow-inspector,flow-policies,flow-queue,form-errors,further-addresses}.spec.ts',
            'test/e2e/{guess-limits,invitation-stage,known-browsers,mailbox,older-links,operation}.spec.ts',
            'test/e2e/{pre-hijacking,prompt-stage,request-limits,return-to-application,route-access}.spec.ts',
            'test/e2e/{sign-in-security,taken-address,user-login-stage,user-logout-stage,waiting-tab}.spec.ts',
            'test/mail/{email-proxy,email-url,failover,header-fields,mail-providers,senders}.spec.ts',
            'test/mail/transport-*.spec.ts',
          ],
        },
      },
      {
        plugins: [decorators],
        test: {
          // Tests that start the embedded database themselves, regardless of the server of the other tests.
          ...common,
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
          // Timing tests run alone, one file at a time, after all other projects.
          ...common,
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
          // Tests that take minutes, run before a release: `npm run test:slow`. Sweeps check many cases.
          ...common,
          name: 'slow',
          fileParallelism: false,
          provide: { isSweep: true },
          include: ['test/slow/**/*.spec.ts', ...sweeps],
          globalSetup: ['test/support/database-server.ts', 'test/support/compiled-sources.ts'],
          testTimeout: 1_800_000,
          hookTimeout: 120_000,
        },
      },
      {
        plugins: [decorators],
        test: {
          ...common,
          name: 'browser',
          isolate: false,
          include: ['test/browser/**/*.spec.ts'],
          globalSetup: [
            'test/support/database-server.ts',
            'test/support/compiled-sources.ts',
            'test/support/built-console.ts',
          ],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        plugins: [decorators],
        test: {
          // Writes the pictures of docs/console.md: `npm run pictures`.
          ...common,
          name: 'pictures',
          include: ['test/pictures/**/*.spec.ts'],
          globalSetup: [
            'test/support/database-server.ts',
            'test/support/compiled-sources.ts',
            'test/support/built-console.ts',
          ],
          testTimeout: 600_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
