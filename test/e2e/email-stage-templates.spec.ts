import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createProofFlow, createReader, type ProofFlow } from '../factories/proof-flow.js';
import { proofMail } from '../support/proof-mail.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
let sink: SmtpSink;
let port: number;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'email-stage-'));
  await mkdir(join(folder, 'email'));
  sink = new SmtpSink();
  port = await sink.listen();
  app = await startTestApp({ EMAIL_TEMPLATE_DIR: folder });
});
afterAll(async () => {
  await app.stop();
  await sink.close();
  await rm(folder, { recursive: true, force: true });
});

const broken = { component: 'ak-stage-access-denied', error_message: 'Unknown error' };
const faults: [string, string, RegExp][] = [
  ['with a syntax error', '{% if url %}{{ url }}', /, line 1: /],
  ['that extends an unknown template', '{% extends "email/nothing.html" %}', /, line 1: there is no template/],
  ['that includes itself', '{% include "email/loop.html" %}', /./],
];

/** A flow whose mail template has this text. */
async function flowWith(name: string, text: string): Promise<ProofFlow> {
  const template = `email/${name}.html`;
  await writeFile(join(folder, template), text);
  return createProofFlow(app.api, port, { flow: { designation: 'recovery' }, email: { template } });
}

async function problems(stage: string): Promise<any[]> {
  const { results } = (await app.api.get('/events/events/?action=configuration_error&page_size=100')).body;
  return results.filter(({ context }: any) => context.stage?.pk === stage);
}

describe('A custom template', () => {
  it('is used for the mail of a stage', async () => {
    const { slug } = await flowWith('sound', 'Hello {{ user.name }}: {{ url }}');
    const { email } = await createReader(app.api);
    await new Visitor(app.url).answer(slug, { uid_field: email });
    expect((await proofMail(sink, email)).html).toMatch(/^Hello Rita Reader: http/);
  });

  it.each(faults)('%s denies the run at once, and one event reports it', async (name, text, error) => {
    await writeFile(join(folder, 'email/loop.html'), '{% include "email/loop.html" %}');
    const { slug, stage } = await flowWith(name.replaceAll(' ', '-'), text);
    const { email } = await createReader(app.api);
    // A known user, an unknown user and a retry get the same response.
    const visitor = new Visitor(app.url);
    expect(await visitor.answer(slug, { uid_field: email })).toMatchObject(broken);
    expect(await visitor.answer(slug, { uid_field: email })).toMatchObject(broken);
    expect(await new Visitor(app.url).answer(slug, { uid_field: 'nobody@example.org' })).toMatchObject(broken);
    expect(await app.dataSource.query('select from mail_message where recipient_address = $1', [email])).toEqual([]);
    expect(await app.dataSource.query('select from flow_token where address = $1', [email])).toEqual([]);
    const [problem, ...more] = await problems(stage);
    expect(more).toEqual([]);
    expect(problem).toMatchObject({
      app: 'authentik.stages.email',
      context: {
        message: 'Exception occurred while rendering E-mail template',
        template: `email/${name.replaceAll(' ', '-')}.html`,
        error: expect.stringMatching(error),
      },
    });
    expect(JSON.stringify(problem)).not.toContain(email);
  });

  it('is used again as soon as it is corrected', async () => {
    const { slug } = await flowWith('mended', '{% nothing %}');
    const { email } = await createReader(app.api);
    expect(await new Visitor(app.url).answer(slug, { uid_field: email })).toMatchObject(broken);
    await writeFile(join(folder, 'email/mended.html'), '{{ url }}');
    expect(await new Visitor(app.url).answer(slug, { uid_field: email })).toMatchObject({
      component: 'ak-stage-email',
    });
    await proofMail(sink, email);
  });
});
