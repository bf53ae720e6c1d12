import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createToken, keyOf } from '../factories/token.js';
import { createVerification } from '../factories/verification.js';
import { PageBrowser } from '../support/page-browser.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { adminKey, startTestApp, type TestApp } from '../support/test-app.js';
import { verificationMail } from '../support/verification-mail.js';

const root = new URL('../../', import.meta.url);

let app: TestApp;
let page: string;
let folder: string;
const sink = new SmtpSink();
beforeAll(async () => {
  const port = await sink.listen();
  // A fixed issuer: the port is not known before the start.
  app = await startTestApp({
    PUBLIC_URL: 'https://login.example.org',
    EMAIL_HOST: '127.0.0.1',
    EMAIL_PORT: String(port),
    ALLOWED_REDIRECTS: 'https://app.example.com',
  });
  page = await readFile(new URL('docs/verifications.md', root), 'utf8');
  folder = await mkdtemp(fileURLToPath(new URL('node_modules/.verifications-', root)));
});
afterAll(async () => {
  await app.stop();
  await sink.close();
  await rm(folder, { recursive: true });
});

/** The indented commands below a heading of the page, up to the next text. */
function commandsAfter(text: string): string {
  const [, after = ''] = page.split(text, 2);
  return (/(?:^ {4}.*\n|^\n)+/m.exec(after)?.[0] ?? '').replace(/^ {4}/gm, '');
}

async function shell(script: string, more: Record<string, string> = {}): Promise<string> {
  const env = { PATH: process.env['PATH'], ...more };
  const { stdout } = await promisify(execFile)('bash', ['-euc', script], { env });
  return stdout;
}

const setUp = (): string => `API=${app.url}/api/v3\nTOKEN=${adminKey}\n`;

describe('docs/verifications.md', () => {
  it('has three calls that verify an address', async () => {
    const commands = commandsAfter('a flow and without a user.').replace(/^(API|TOKEN)=.*$/gm, '');
    const [start = '', check = ''] = commands.split('# 2.');
    const pk = (await shell(`${setUp()}${start}\necho $VERIFICATION`)).trim();
    const { code } = await verificationMail(sink, 'jane@example.org');
    const functions = start.split('# 1.')[0] ?? '';
    const output = await shell(`${setUp()}${functions}\n#${check}`, { CODE: code, VERIFICATION: pk });
    const answers = output.trim().split(/(?<=\})(?=\{)/);
    expect(answers.map((answer) => (JSON.parse(answer) as { status: string }).status)).toEqual([
      'approved',
      'approved',
    ]);
  });

  it('has a check of the token in at most 15 lines that runs', async () => {
    const [, code = ''] = /```js\n([\s\S]*?)```/.exec(page) ?? [];
    expect(code.split('\n').filter((line) => line !== '').length).toBeLessThanOrEqual(15);
    const { pk, email } = await createVerification(app.api, { redirect_url: 'https://app.example.com/verified' });
    const browser = new PageBrowser(app.url);
    await browser.open((await verificationMail(sink, email)).link);
    await browser.submit();
    const module = join(folder, 'check.mjs');
    await writeFile(module, code.replace('issuer: service', `issuer: 'https://login.example.org'`));
    const verify = (expected: string): Promise<string> =>
      shell(
        `node --no-warnings -e 'import(process.argv[1]).then(({ verifiedAddress }) => verifiedAddress(process.argv[2], process.argv[3])).then(console.log)' "$MODULE" "$ADDRESS" "$EXPECTED"`,
        { EMAIL_STAGE: app.url, MODULE: module, ADDRESS: browser.visited.at(-1) ?? '', EXPECTED: expected },
      );
    expect((await verify(pk)).trim()).toBe(email);
    await expect(verify('00000000-0000-4000-8000-000000000000')).rejects.toThrow('sub');
  });

  it('has commands that make a user who can only verify', async () => {
    const functions = commandsAfter('a flow and without a user.').split('# 1.')[0] ?? '';
    const commands = commandsAfter('verifications that it has started:').replace(/^npx .*$/m, '');
    await shell(`${setUp()}${functions.replace(/^(API|TOKEN)=.*$/gm, '')}\n${commands}`);
    const { body } = await app.api.get('/core/users/?username=shop');
    const { identifier } = await createToken(app.api, { user: body.results[0].pk });
    const shop = app.client(await keyOf(app.api, identifier));
    const { pk } = await createVerification(shop);
    expect((await shop.get('/verifications/')).body.results).toMatchObject([{ pk }]);
    expect((await shop.post(`/verifications/${pk}/cancel/`, {})).body).toMatchObject({ status: 'canceled' });
    expect((await shop.post('/core/users/', { username: 'more', name: '' })).status).toBe(403);
  });
});
