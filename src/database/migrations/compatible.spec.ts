import { readdirSync, readFileSync } from 'node:fs';

import { expect, it } from 'vitest';

/** Migrations of before the first release are not checked. */
const baseline = 1_795_886_500_000;

const folder = new URL('.', import.meta.url);

/** Changes that break the release before, which may run beside this one. */
const breaking: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['drops a table', /\bDROP TABLE\b/i],
  ['drops a column', /\bDROP COLUMN\b/i],
  ['renames', /\bRENAME\b/i],
  ['makes a column required', /\bSET NOT NULL\b/i],
  ['changes the type of a column', /\bALTER (COLUMN )?"?\w+"? (SET DATA )?TYPE\b/i],
  ['drops a default', /\bDROP DEFAULT\b/i],
  ['drops a function', /\bDROP FUNCTION\b/i],
  ['adds a required column without a default', /\bADD (COLUMN )?"\w+" (?![^,;`]*\bDEFAULT\b)[^,;`]*\bNOT NULL\b/i],
];

/** Returns why the SQL in `up` of a migration breaks the release before, unless a comment `// Contract: why` allows it. */
function problemsOf(source: string): string[] {
  const up = /async up\(.*?\n {2}\}\n/s.exec(source)?.[0] ?? '';
  if (up === '') return ['has no `up`'];
  if (/\/\/ Contract: \S/.test(up)) return [];
  return breaking.filter(([, pattern]) => pattern.test(up)).map(([name]) => name);
}

const upOf = (sql: string, comment = ''): string => `  async up() {\n${comment}    await query(\`${sql}\`);\n  }\n`;

it.each([
  ['ALTER TABLE "a" DROP COLUMN "b"', 'drops a column'],
  ['DROP TABLE "a"', 'drops a table'],
  ['ALTER TABLE "a" RENAME COLUMN "b" TO "c"', 'renames'],
  ['ALTER TABLE "a" ALTER COLUMN "b" SET NOT NULL', 'makes a column required'],
  ['ALTER TABLE "a" ALTER COLUMN "b" TYPE bigint', 'changes the type of a column'],
  ['ALTER TABLE "a" ADD "b" integer NOT NULL', 'adds a required column without a default'],
])('refuses %s', (sql, problem) => {
  expect(problemsOf(upOf(sql))).toEqual([problem]);
  expect(problemsOf(upOf(sql, '    // Contract: unused since the release before.\n'))).toEqual([]);
});

it.each(['ALTER TABLE "a" ADD "b" integer', 'ALTER TABLE "a" ADD "b" integer NOT NULL DEFAULT 0', 'DROP INDEX "a"'])(
  'accepts %s',
  (sql) => {
    expect(problemsOf(upOf(sql))).toEqual([]);
  },
);

const recent = readdirSync(folder).filter((name) => Number.parseInt(name, 10) > baseline);

it.each(recent)('%s leaves the release before working', (name) => {
  expect(problemsOf(readFileSync(new URL(name, folder), 'utf8'))).toEqual([]);
});
