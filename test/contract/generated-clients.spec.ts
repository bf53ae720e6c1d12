import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { createClient } from '@hey-api/openapi-ts';
import openapiTypeScript, { astToString } from 'openapi-typescript';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { applyBlueprints } from '../factories/default-flows.js';
import { createReader } from '../factories/proof-flow.js';
import { proofMail } from '../support/proof-mail.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp } from '../support/test-app.js';
import { fetchWithCookies } from './sdk.js';

const document = new URL('../../schema.yml', import.meta.url);
const programs = fileURLToPath(new URL('./clients/', import.meta.url));

const generators = {
  'hey-api': async (folder: string): Promise<void> => {
    await createClient({ input: fileURLToPath(document), output: folder, logs: { level: 'silent' } });
  },
  'openapi-typescript': async (folder: string): Promise<void> => {
    await mkdir(folder);
    await writeFile(join(folder, 'index.ts'), astToString(await openapiTypeScript(document)));
  },
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'email-stage-'));
  await cp(programs, folder, { recursive: true });
  for (const [name, generate] of Object.entries(generators)) {
    await cp(join(programs, 'recovery.ts'), join(folder, name, 'recovery.ts'));
    await generate(join(folder, name, 'generated'));
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The compiler's messages for the programs, compiled with the clients that were generated. */
function errors(): string[] {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    types: [],
    strict: true,
    skipLibCheck: true,
    noEmit: true,
  };
  const files = Object.keys(generators).flatMap((name) => [
    join(folder, name, 'recovery.ts'),
    join(folder, name, 'client.ts'),
  ]);
  return ts
    .getPreEmitDiagnostics(ts.createProgram(files, options))
    .map(({ file, messageText }) => `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
}

describe('A client generated from schema.yml by hey-api and by openapi-typescript', () => {
  it('narrows challenges and responses by their component', () => {
    expect(errors()).toEqual([]);
  });

  it('recovers an account', async () => {
    const sink = new SmtpSink();
    const app = await startTestApp({ EMAIL_HOST: '127.0.0.1', EMAIL_PORT: String(await sink.listen()) });
    try {
      await applyBlueprints(app);
      const { email } = await createReader(app.api);
      const load = (file: string): Promise<any> => import(pathToFileURL(join(folder, 'hey-api', file)).href);
      const [{ recover }, { askingAt }] = [await load('recovery.ts'), await load('client.ts')];
      const browser = fetchWithCookies();
      const withRequest = async (request: Request): Promise<Response> => {
        const body = await request.text();
        const headers = Object.fromEntries(request.headers);
        return browser(request.url, { method: request.method, headers, ...(body !== '' && { body }) });
      };
      const visitor = {
        address: email,
        newPassword: 'a long sentence of mine',
        readCode: async () => (await proofMail(sink, email)).code,
      };
      expect(await recover(askingAt(`${app.url}/api/v3`, 'default-recovery-flow', withRequest), visitor)).toEqual([
        'ak-stage-identification',
        'ak-stage-email',
        'ak-stage-prompt',
        'xak-flow-redirect',
        '/',
      ]);
    } finally {
      await app.stop();
      await sink.close();
    }
  });
});
