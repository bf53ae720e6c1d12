import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { readSettings } from '../../src/config/read-settings.js';
import { readTransports } from '../../src/mail/transport/read-transports.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mail-urls-'));
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const account = {
    client_email: 'mail@books.iam.example',
    private_key: privateKey,
    token_uri: 'https://mail.example',
  };
  await writeFile(join(folder, 'account.json'), JSON.stringify(account));
});
afterAll(() => rm(folder, { recursive: true }));

/** Returns the values of EMAIL_URL in the README, with something in place of what the reader fills in. */
async function mailUrls(): Promise<string[]> {
  const text = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  return [...text.matchAll(/`((?!http)[a-z+]+:\/\/\S[^`]*)`/g)].map(([, url = '']) =>
    url.replace('/etc/mail', folder).replace(/<[^>]*>/g, 'x'),
  );
}

it('The README has the EMAIL_URL of ten providers, and the service takes each of them', async () => {
  const urls = await mailUrls();
  expect(urls).toHaveLength(10);
  const { settings } = readSettings({});
  for (const url of urls) expect(() => readTransports(url, settings), url).not.toThrow();
});
