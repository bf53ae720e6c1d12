import { ESLint, Linter } from 'eslint';
import { describe, expect, it } from 'vitest';

const statements = [
  `import { plainToInstance } from 'class-transformer';`,
  `import { Type } from 'class-transformer';`,
  `import * as transformer from 'class-transformer/cjs/index.js';`,
  `export { validate } from 'class-validator';`,
];

/** Lints one statement with the project's rule for imports in this file. */
async function problemsIn(statement: string, file: string): Promise<string[]> {
  const { rules } = await new ESLint().calculateConfigForFile(file);
  const rule = { 'no-restricted-imports': rules['no-restricted-imports'] ?? 'off' };
  return new Linter().verify(statement, { rules: rule }).map(({ message }) => message);
}

// Loading the rules takes long on a busy machine.
describe('The lint rules', { timeout: 120_000 }, () => {
  it.each(statements)('refuse %s outside of src/config/', async (statement) => {
    for (const file of [
      'src/rest/fields/read-object.ts',
      'src/start.ts',
      'src/config/deeper/x.ts',
      'test/e2e/x.spec.ts',
    ]) {
      expect(await problemsIn(statement, file)).toEqual([expect.stringContaining('see settings only')]);
    }
  });

  it.each(statements)('accept %s in src/config/', async (statement) => {
    expect(await problemsIn(statement, 'src/config/setting.ts')).toEqual([]);
  });
});
