import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createBinding } from '../factories/binding.js';
import { createEmailStage } from '../factories/email-stage.js';
import { createFlow, flowFields } from '../factories/flow.js';
import type { Answer } from '../support/api-client.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

function parallel<T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => work(index)));
}

/** Expects one 201, and 400 with these errors for all other requests. */
function expectOneWinner(answers: Answer[], errors: unknown): void {
  const losers = answers.filter(({ status }) => status !== 201);
  expect(losers).toHaveLength(answers.length - 1);
  for (const { status, body } of losers) expect([status, body]).toEqual([400, errors]);
}

/** Expects only these statuses. */
function expectStatuses(answers: Answer[], allowed: number[]): void {
  for (const { status, body } of answers) expect(allowed, JSON.stringify(body)).toContain(status);
}

describe('Concurrent requests', () => {
  it('create only one stage with the same name', async () => {
    const answers = await parallel(20, () => app.api.post('/stages/email/', { name: 'contested' }));
    expectOneWinner(answers, { name: ['stage with this name already exists.'] });
    expect((await app.api.get('/stages/email/?name=contested')).body.pagination.count).toBe(1);
  });

  it('create only one flow with the same slug', async () => {
    const answers = await parallel(20, () => app.api.post('/flows/instances/', flowFields({ slug: 'contested' })));
    expectOneWinner(answers, { slug: ['Flow with this slug already exists.'] });
  });

  it('bind a stage only once to the same position', async () => {
    const { pk: target } = await createFlow(app.api);
    const { pk: stage } = await createEmailStage(app.api);
    const answers = await parallel(20, () => app.api.post('/flows/bindings/', { target, stage, order: 1 }));
    expectOneWinner(answers, { non_field_errors: ['The fields target, stage, order must make a unique set.'] });
  });

  it('rename only one of several stages to the same name', async () => {
    const stages = await parallel(10, () => createEmailStage(app.api));
    const rename = ({ pk }: { pk: string }): Promise<Answer> => app.api.patch(`/stages/email/${pk}/`, { name: 'one' });
    const answers = await Promise.all(stages.map(rename));
    expectStatuses(answers, [200, 400]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('update different fields of a stage without lost updates', async () => {
    const { pk } = await createEmailStage(app.api);
    const changes: Record<string, unknown>[] = [
      { host: 'mail.example.com' },
      { port: 587 },
      { username: 'sender' },
      { use_tls: true },
      { timeout: 30 },
      { subject: 'Hello' },
    ];
    for (const _ of [1, 2, 3]) {
      const answers = await Promise.all(changes.map((change) => app.api.patch(`/stages/email/${pk}/`, change)));
      expectStatuses(answers, [200]);
      expect((await app.api.get(`/stages/email/${pk}/`)).body).toMatchObject(Object.assign({}, ...changes));
      await app.api.patch(`/stages/email/${pk}/`, { host: 'x', port: 1, username: '', use_tls: false, timeout: 1 });
    }
  });

  it('delete a stage with only 204 and 404 as responses', async () => {
    const { pk } = await createEmailStage(app.api);
    const answers = await parallel(10, () => app.api.delete(`/stages/email/${pk}/`));
    expectStatuses(answers, [204, 404]);
    expect(answers.some(({ status }) => status === 204)).toBe(true);
  });

  it('that bind and delete a stage answer only 201, 400 and 204, and leave no orphaned binding', async () => {
    for (const _ of [1, 2, 3, 4, 5]) {
      const { pk: target } = await createFlow(app.api);
      const { pk: stage } = await createEmailStage(app.api);
      const [answers, removed] = await Promise.all([
        parallel(10, (order) => app.api.post('/flows/bindings/', { target, stage, order })),
        app.api.delete(`/stages/email/${stage}/`),
      ]);
      expectStatuses(answers, [201, 400]);
      expect(removed.status).toBe(204);
      expect((await app.api.get(`/flows/bindings/?target=${target}`)).body.results).toEqual([]);
    }
  });

  it('that bind to a flow and delete it answer only 201, 400 and 204', async () => {
    for (const _ of [1, 2, 3, 4, 5]) {
      const { pk: target, slug } = await createFlow(app.api);
      const { pk: stage } = await createEmailStage(app.api);
      const [answers, removed] = await Promise.all([
        parallel(10, (order) => app.api.post('/flows/bindings/', { target, stage, order })),
        app.api.delete(`/flows/instances/${slug}/`),
      ]);
      expectStatuses(answers, [201, 400]);
      expect(removed.status).toBe(204);
    }
  });

  it('that change and delete a stage answer only 200, 404 and 204', async () => {
    for (const _ of [1, 2, 3, 4, 5]) {
      const { pk } = await createEmailStage(app.api);
      const path = `/stages/email/${pk}/`;
      const [answers, removed] = await Promise.all([
        parallel(10, (port) => app.api.patch(path, { port })),
        app.api.delete(path),
      ]);
      expectStatuses(answers, [200, 404]);
      expect(removed.status).toBe(204);
    }
  });

  it('that delete flows and the stages bound to them all answer 204', async () => {
    for (const _ of [1, 2, 3]) {
      const flows = await parallel(6, () => createFlow(app.api));
      const stages = await parallel(6, () => createEmailStage(app.api));
      const pairs = flows.flatMap(({ pk: target }) => stages.map(({ pk: stage }) => ({ target, stage })));
      for (const pair of pairs) await createBinding(app.api, pair);
      const answers = await Promise.all([
        ...flows.map(({ slug }) => app.api.delete(`/flows/instances/${slug}/`)),
        ...stages.map(({ pk }) => app.api.delete(`/stages/email/${pk}/`)),
      ]);
      expectStatuses(answers, [204]);
    }
  });

  it('for lists answer 200 while rows are deleted', async () => {
    const stages = await parallel(20, () => createEmailStage(app.api));
    const [lists] = await Promise.all([
      parallel(20, () => app.api.get('/stages/email/')),
      Promise.all(stages.map(({ pk }) => app.api.delete(`/stages/email/${pk}/`))),
    ]);
    expectStatuses(lists, [200]);
  });
});
