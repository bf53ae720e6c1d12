import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { noteProvedAddress } from '../../src/core/addresses/proved-addresses.js';
import { Housekeeping } from '../../src/database/housekeeping.js';
import { eventDeclarations } from '../../src/events/outbox/event-declarations.js';
import { eventTypes } from '../../src/events/outbox/event-types.js';
import { outgoingEventJson, outgoingMessage, type StoredEvent } from '../../src/events/outbox/outgoing-message.js';
import { fieldsOf } from '../../src/rest/fields/field.js';
import type { WebhookEndpointDto } from '../../src/webhooks/dto/webhook-endpoint.dto.js';
import { created } from '../factories/created.js';
import { createFlow } from '../factories/flow.js';
import { createStage } from '../factories/stage.js';
import { createUser } from '../factories/user.js';
import { createVerification } from '../factories/verification.js';
import { checkEvent } from '../support/document-check.js';
import { enqueue, mailFrom } from '../support/mails.js';
import { freePort } from '../support/service-process.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const guide = await readFile(join(root, 'docs/webhooks.md'), 'utf8');

/** Subject and members of `data` by type, as the guide has them. */
const documented = new Map(
  [...guide.matchAll(/^\| `([\w.]+)` +\| `(\w+)\/<pk>` +\| (.+?) +\|/gm)].map(
    ([, type = '', subject = '', data = '']) =>
      [type, { subject, data: [...data.matchAll(/`(\w+)`/g)].map(([, member = '']) => member).sort() }] as const,
  ),
);

const postmarkLogin = 'postmark:a-long-password-4711';
let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ WEBHOOK_ALLOW: '127.0.0.1', EMAIL_FEEDBACK_POSTMARK: postmarkLogin });
});
afterAll(() => app.stop());

const createEndpoint = (name: string, url: string, types: readonly string[]): Promise<WebhookEndpointDto> =>
  created(app.api.post('/webhooks/endpoints/', { name, url, event_types: types }));

/** Makes something of every type happen. */
async function everything(): Promise<void> {
  const { api, dataSource } = app;
  const { pk } = await createUser(api, { is_active: false, email: 'ada@library.example' });
  const user = `/core/users/${pk}/`;
  await noteProvedAddress(dataSource.manager, pk, 'ada@library.example');
  await api.patch(user, { is_active: true, email: 'ada@new.example' });
  await api.post(`${user}set_password/`, { password: 'a long enough password' });
  await dataSource.query(`update "user" set last_login = now() where id = $1`, [pk]);
  const { slug } = await createFlow(api);
  await api.patch(`/flows/instances/${slug}/`, { title: 'Another' });
  await api.delete(`/flows/instances/${slug}/`);
  const stage = await createStage(api, 'deny');
  await api.patch(`/stages/deny/${stage.pk}/`, { name: `${stage.name} 2` });
  await api.delete(`/stages/deny/${stage.pk}/`);
  for (const state of ['sent', 'failed']) {
    const [mail] = await enqueue(app, mailFrom(null, `${state}@library.example`));
    await dataSource.query(`update "mail_message" set state = $2, next_attempt = null where message_uuid = $1`, [
      mail,
      state,
    ]);
  }
  await reportMails();
  const verification = await createVerification(api);
  await api.post(`/verifications/${verification.pk}/cancel/`, {});
}

/** Reports a bounce and a complaint about a mail, as Postmark does. */
async function reportMails(): Promise<void> {
  const [mail = ''] = await enqueue(app, mailFrom(null, 'reported@library.example'));
  const MessageID = randomUUID();
  await app.dataSource.query(
    `insert into "delivery_attempt" (attempt_uuid, message_uuid, number, started, provider, provider_message_id)
     values ($1, $2, 1, now(), 'http/postmark', $3)`,
    [randomUUID(), mail, MessageID],
  );
  const headers = {
    authorization: `Basic ${Buffer.from(postmarkLogin).toString('base64')}`,
    'content-type': 'application/json',
  };
  for (const [ID, RecordType] of ['Bounce', 'SpamComplaint'].entries()) {
    const body = JSON.stringify({ RecordType, ID, Type: 'HardBounce', MessageID, BouncedAt: '2026-11-29T10:00:00Z' });
    await fetch(`${app.url}/api/v3/mail/feedback/postmark/`, { method: 'POST', headers, body });
  }
}

describe('The guide to webhooks', () => {
  it('has every type of events', () => {
    expect([...documented.keys()]).toEqual([...eventTypes]);
  });

  it('has the subject and the data of each type, as they are sent', async () => {
    const { pk } = await createEndpoint('all', 'https://webhooks.invalid/', []);
    await everything();
    await app.api.post(`/webhooks/endpoints/${pk}/test/`);
    const rows = await app.dataSource.query<{ type: string; subject: string; data: string[] }[]>(
      `select distinct type, split_part(subject, '/', 1) as subject,
              array(select jsonb_object_keys(data) as key order by key) as data from "outgoing_event"`,
    );
    const sent = new Map(rows.map(({ type, ...event }) => [type, event]));
    // The other ends of verifications are written in one place, with the same data.
    const ends = ['verification.approved', 'verification.expired', 'verification.failed'];
    expect([...sent.keys()].sort()).toEqual(eventTypes.filter((type) => !ends.includes(type)));
    for (const [type, event] of sent) expect(documented.get(type), type).toEqual({ ...event, data: event.data.sort() });
    for (const end of ends) expect(documented.get(end)).toEqual(documented.get('verification.canceled'));
  });

  it('has the subject and the data of each type as schema.yml declares them', () => {
    for (const [type, { subject, data }] of Object.entries(eventDeclarations)) {
      expect(documented.get(type), type).toEqual({ subject, data: [...fieldsOf(data).keys()].sort() });
    }
  });

  it('is about events that schema.yml describes: all that was sent matches it', async () => {
    const { pk } = await createVerification(app.api);
    await app.dataSource.query(
      `update "verification" set expires = now() - interval '1 second' where verification_uuid = $1`,
      [pk],
    );
    await app.nest.get(Housekeeping).doEverything();
    const rows = await app.dataSource.query<{ event: StoredEvent }[]>(
      `select ${outgoingEventJson} as event from "outgoing_event" event`,
    );
    const sent = rows.map(({ event }) => JSON.parse(outgoingMessage(event)) as { type: string });
    expect(new Set(sent.map(({ type }) => type)).size).toBe(eventTypes.length - 2);
    for (const event of sent) checkEvent(event);
    expect(() => checkEvent({ ...sent[0], type: 'webhook.test' })).toThrow('does not allow');
  });

  it('has a receiver of at most 15 lines, which takes signed events and refuses others', async () => {
    const source = /```js\n([\s\S]*?)```/.exec(guide)?.[1] ?? '';
    expect(source.trim().split('\n').length).toBeLessThanOrEqual(15);
    const folder = await mkdtemp(join(tmpdir(), 'receiver-'));
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
    await writeFile(join(folder, 'receiver.mjs'), source);
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/webhooks`;
    const endpoint = await createEndpoint('receiver', url, ['user.created']);
    const env = { PATH: process.env['PATH'] ?? '', PORT: String(port), WEBHOOK_SECRET: endpoint.secret ?? '' };
    const receiver: ChildProcess = spawn(process.execPath, [join(folder, 'receiver.mjs')], { env });
    try {
      let output = '';
      receiver.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
      await expect
        .poll(
          () =>
            fetch(url).then(
              ({ status }) => status,
              () => 0,
            ),
          { timeout: 20_000 },
        )
        .toBe(404);
      const forged = {
        method: 'POST',
        body: '{"type":"user.created"}',
        headers: { 'content-type': 'application/json' },
      };
      expect((await fetch(url, forged)).status).toBe(400);
      const { pk } = await createUser(app.api);
      await expect.poll(() => output, { timeout: 10_000 }).toContain(`user.created user/${pk} {"user":`);
      await expect
        .poll(async () => (await app.api.get(`/webhooks/deliveries/?endpoint=${endpoint.pk}`)).body.results)
        .toMatchObject([{ state: 'delivered', attempts: 1 }]);
    } finally {
      receiver.kill();
      await rm(folder, { recursive: true });
    }
  });
});
