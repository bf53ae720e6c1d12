import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createSendingStage, messageOf } from '../support/mails.js';
import { CollectingServer } from '../support/smtp/collecting-server.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let server: CollectingServer;
const apps: TestApp[] = [];

beforeAll(async () => {
  server = await CollectingServer.start();
});
afterAll(async () => {
  await Promise.all(apps.map((app) => app.stop()));
  await server.stop();
});

/** Sends a test mail of a stage. @returns its sender, in the header and in the envelope */
async function senderOf(settings: Record<string, string>, stage: object): Promise<unknown> {
  const app = await startTestApp({ EMAIL_HOST: '127.0.0.1', EMAIL_PORT: String(server.port), ...settings });
  apps.push(app);
  const key = await createSendingStage(app, server.port, stage);
  const { body } = await app.api.post(`/stages/email/${key}/test/`, { to: 'reader@example.org' });
  await expect.poll(async () => (await messageOf(app, body.message)).state, { timeout: 20_000 }).toBe('sent');
  const { from, parsed } = server.mails.at(-1)!;
  return { header: parsed.from?.value, envelope: from };
}

describe('A mail with the global settings', () => {
  it('has the name and the address of EMAIL_FROM', async () => {
    const settings = { EMAIL_FROM: '"Bücher, City Library" <books@library.example>', BRAND_NAME: 'Brand' };
    expect(await senderOf(settings, { useGlobalSettings: true })).toEqual({
      header: [{ name: 'Bücher, City Library', address: 'books@library.example' }],
      envelope: 'books@library.example',
    });
  });

  it('has the brand name if EMAIL_FROM has no name', async () => {
    const settings = { EMAIL_FROM: 'books@library.example', BRAND_NAME: 'Library & <Sons>, "Ltd"' };
    expect(await senderOf(settings, { useGlobalSettings: true })).toEqual({
      header: [{ name: 'Library & <Sons>, "Ltd"', address: 'books@library.example' }],
      envelope: 'books@library.example',
    });
  });
});

describe('A mail with the address of its stage', () => {
  it('has the name of EMAIL_FROM_NAME', async () => {
    const settings = { EMAIL_FROM: 'Another <global@example.org>', EMAIL_FROM_NAME: 'City Library' };
    expect(await senderOf(settings, { fromAddress: 'stage@example.org' })).toEqual({
      header: [{ name: 'City Library', address: 'stage@example.org' }],
      envelope: 'stage@example.org',
    });
  });
});
