import { readdirSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { operationsOf } from './sdk.js';

describe('The operations of the contract', () => {
  it("are each called by authentik's SDK in the file named after their path", () => {
    const files = readdirSync(new URL('.', import.meta.url));
    const areas = files.flatMap((file) => /^sdk-(?!areas)(.+)\.spec\.ts$/.exec(file)?.[1] ?? []);
    const called = areas.flatMap((area) => operationsOf(`/${area.replaceAll('-', '/')}/`));
    expect(called.sort()).toEqual(operationsOf('/').sort());
  });
});
