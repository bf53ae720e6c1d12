import { cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { transformFile } from '@swc/core';
import type { TestProject } from 'vitest/node';

import { swcOptions } from './swc-options.js';

declare module 'vitest' {
  interface ProvidedContext {
    /**
     * Folder with `src/` as JavaScript, for tests that start processes, beside `scripts/` and the files that it reads.
     */
    compiledSources: string;
  }
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Compiles the sources once, in a fraction of a second; compiling them in each process would add two seconds to its
 * start. The output is inside `node_modules`, so that packages are resolved.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = join(root, 'node_modules/.cache/email-stage-tests', `${process.pid}-${project.name}`);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{"type": "module"}');
  await Promise.all(['src', 'scripts'].map((name) => compile(join(root, name), join(folder, name))));
  await cp(join(root, 'blueprints'), join(folder, 'blueprints'), { recursive: true });
  project.provide('compiledSources', join(folder, 'src'));
  return () => rm(folder, { recursive: true });
}

/** Compiles the TypeScript files of a folder except specs, and copies its other files. */
export async function compile(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true, filter: (path) => !path.endsWith('.ts') });
  const names = (await readdir(from, { recursive: true })).filter((name) => /(?<!\.spec)\.ts$/.test(name));
  await Promise.all(
    names.map(async (name) => {
      const { code } = await transformFile(join(from, name), { ...swcOptions, swcrc: false, sourceMaps: 'inline' });
      await writeFile(join(to, name.replace(/\.ts$/, '.js')), code);
    }),
  );
}
