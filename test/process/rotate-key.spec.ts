import { execFile } from 'node:child_process';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { sealedColumns } from '../../src/commands/sealed-columns.js';
import type { UserDto } from '../../src/core/users/dto/user.dto.js';
import { createProofFlow, createReader, type ProofFlow } from '../factories/proof-flow.js';
import { createToken, keyOf } from '../factories/token.js';
import { proofMail } from '../support/proof-mail.js';
import { SmtpRefusal, SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { Visitor } from '../support/visitor.js';

const [oldKey, newKey] = ['old-secret-key-of-the-tests-0123456789', 'new-secret-key-of-the-tests-0123456789'];
const rotating = { SECRET_KEY: newKey, SECRET_KEY_PREVIOUS: oldKey };

let database: TestDatabase;
let sink: SmtpSink;
let isRefusing = false;
let flow: ProofFlow;
let stagePassword: string;
let token: { readonly identifier: string; readonly key: string };
let user: UserDto;
beforeAll(async () => {
  database = await createTestDatabase();
  sink = new SmtpSink(() => {
    if (isRefusing) throw new SmtpRefusal(451, 'Come back later');
  });
  const port = await sink.listen();
  await during({ SECRET_KEY: oldKey }, async (app) => {
    flow = await createProofFlow(app.api, port);
    const stage = { name: 'with a password', username: 'mailer', password: 'smtp-password' };
    ({ pk: stagePassword } = (await app.api.post('/stages/email/', stage)).body as { pk: string });
    const { identifier } = await createToken(app.api);
    token = { identifier, key: await keyOf(app.api, identifier) };
    user = await createReader(app.api);
  });
});
afterAll(async () => {
  await sink.close();
  await database.drop();
});

/** Runs the service on the database while `work` runs. */
async function during<T>(keys: Record<string, string>, work: (app: TestApp) => Promise<T>): Promise<T> {
  const app = await startTestApp(keys, { ...database, drop: () => Promise.resolve() });
  try {
    return await work(app);
  } finally {
    await app.stop();
  }
}

/** Runs `npm run rotate-key`. */
function rotate(keys: Record<string, string>): Promise<{ code: number; output: string; errors: string }> {
  const { PATH = '' } = process.env;
  const command = ['--enable-source-maps', join(inject('compiledSources'), 'main.js'), 'rotate-key'];
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      command,
      { env: { PATH, DATABASE_URL: database.url, ...keys } },
      (error, output, errors) => {
        resolve({ code: error === null ? 0 : Number(error.code), output, errors });
      },
    );
  });
}

interface Requested {
  readonly email: string;
  readonly code: string;
  readonly query: string;
  readonly visitor: Visitor;
}

/** A visitor who has requested a mail from a service with the old key. */
async function requested(app: TestApp): Promise<Omit<Requested, 'code' | 'query'>> {
  const { email } = await createReader(app.api);
  const visitor = new Visitor(app.url);
  await visitor.answer(flow.slug, { uid_field: email });
  return { email, visitor };
}

async function mailed(app: TestApp): Promise<Requested> {
  const { email, visitor } = await requested(app);
  return { email, visitor, ...(await proofMail(sink, email)) };
}

const passed = (): object => ({ component: 'ak-stage-dummy', name: flow.behind });

async function confirm(visitor: Visitor, query: string): Promise<unknown> {
  const { token: button } = await visitor.see(flow.slug, query);
  return visitor.answer(flow.slug, { component: 'ak-stage-consent', token: button }, query);
}

/** Columns with a sealed value, as `table.column`. */
async function columnsWithSeals(app: TestApp): Promise<string[]> {
  const columns = await app.dataSource.query<{ table: string; column: string }[]>(
    `select c.table_name as table, c.column_name as column from information_schema.columns c
       join information_schema.tables t using (table_schema, table_name)
      where c.table_schema = current_schema() and t.table_type = 'BASE TABLE' and c.data_type in ('text', 'character varying')`,
  );
  const found: string[] = [];
  for (const { table, column } of columns) {
    const rows = await app.dataSource.query<object[]>(
      `select from "${table}" where "${column}" ~ '^v1\\.[A-Za-z0-9_-]{38,}$' limit 1`,
    );
    if (rows.length > 0) found.push(`${table}.${column}`);
  }
  return found.sort();
}

describe('Rotating SECRET_KEY', () => {
  it('needs SECRET_KEY_PREVIOUS', async () => {
    expect(await rotate({ SECRET_KEY: oldKey })).toMatchObject({
      code: 1,
      errors: expect.stringContaining('Set SECRET_KEY to the new key, and SECRET_KEY_PREVIOUS'),
    });
  });

  it('keeps mailed links, mailed codes, queued mails, API keys and user ids', async () => {
    const [withLink, withCode, queued] = await during({ SECRET_KEY: oldKey }, async (app) => {
      const sent = [await mailed(app), await mailed(app)] as const;
      isRefusing = true;
      return [...sent, await requested(app)] as const;
    });
    isRefusing = false;

    await during(rotating, async (app) => {
      expect(await keyOf(app.api, token.identifier)).toBe(token.key);
      expect((await app.api.get(`/core/users/${user.pk}/`)).body).toMatchObject({ uid: user.uid });
      // Sessions are the same; only the address of the service is new.
      const visitor = withCode.visitor.movedTo(app.url);
      expect(await visitor.answer(flow.slug, { component: 'ak-stage-email', code: withCode.code })).toMatchObject(
        passed(),
      );
    });

    const first = await rotate(rotating);
    expect([first.code, first.errors]).toEqual([0, '']);
    expect(first.output).toMatch(/^stage\.password: [1-9]\d* of \d+ rows sealed again$/m);
    expect(first.output).toMatch(/^Done\. Keep SECRET_KEY_PREVIOUS until \d{4}-/m);
    // A further run, as after an interruption, finds nothing left.
    expect((await rotate(rotating)).output).not.toMatch(/: [1-9]\d* of \d+ rows sealed again/);

    await during(rotating, async (app) => {
      // Unless a retry has sent it since the old key was replaced.
      const [message] = await app.dataSource.query<{ pk: string }[]>(
        'select message_uuid as pk from mail_message where recipient_address = $1 and finished is null',
        [queued.email],
      );
      if (message !== undefined) await app.api.post(`/mail/messages/${message.pk}/requeue/`);
      const { query } = await proofMail(sink, queued.email);
      expect(await confirm(new Visitor(app.url), query)).toMatchObject(passed());
    });

    await during({ SECRET_KEY: newKey }, async (app) => {
      expect(await keyOf(app.api, token.identifier)).toBe(token.key);
      expect((await app.api.get(`/core/users/${user.pk}/`)).body).toMatchObject({ uid: user.uid });
      expect((await app.api.get(`/stages/email/${stagePassword}/`)).body).toMatchObject({ password_set: true });
      expect(await confirm(new Visitor(app.url), withLink.query)).toMatchObject(passed());
    });
  });

  it('covers every column with sealed values', async () => {
    await during({ SECRET_KEY: newKey }, async (app) => {
      await requested(app);
      const listed = sealedColumns.map(({ table, column }) => `${table}.${column}`);
      for (const column of await columnsWithSeals(app)) expect(listed).toContain(column);
    });
  });

  it('ends with the previous key being refused', async () => {
    await expect(during({ SECRET_KEY: oldKey }, async () => Promise.resolve())).rejects.toThrow(
      'SECRET_KEY is not the key',
    );
  });
});
