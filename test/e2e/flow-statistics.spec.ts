import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { Housekeeping } from '../../src/database/housekeeping.js';
import type { FlowStatisticsDto } from '../../src/flow-execution/statistics/dto/flow-statistics.dto.js';
import { createDummyFlow } from '../factories/dummy-flow.js';
import { createDummyStage } from '../factories/dummy-stage.js';
import { createFlowWith } from '../factories/flow-with.js';
import { createProofFlow, createReader } from '../factories/proof-flow.js';
import { createStage } from '../factories/stage.js';
import { ApiClient } from '../support/api-client.js';
import { createPlainUser } from '../support/plain-user.js';
import { proofMail } from '../support/proof-mail.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
let sink: SmtpSink;
let port: number;
beforeAll(async () => {
  sink = new SmtpSink();
  port = await sink.listen();
  app = await startTestApp();
});
afterAll(async () => {
  await app.stop();
  await sink.close();
});

async function statisticsOf(slug: string, query = '', api = app.api): Promise<FlowStatisticsDto> {
  const { status, body } = await api.get<FlowStatisticsDto>(`/flows/instances/${slug}/statistics/${query}`);
  expect(status).toBe(200);
  return body;
}

/** Started and finished runs, then reached, passed and left of each step. */
async function figuresOf(slug: string, query = ''): Promise<unknown[]> {
  const { started, finished, steps } = await statisticsOf(slug, query);
  return [started, finished, ...steps.map((step) => [step.reached, step.passed, step.left])];
}

describe('The statistics of a flow', () => {
  it('count each visitor once at each step, and who passed it', async () => {
    const { slug, bindings } = await createDummyFlow(app.api, 2);
    expect(await figuresOf(slug)).toEqual([0, 0, [0, 0, 0], [0, 0, 0]]);
    const visitors = [1, 2, 3].map(() => new Visitor(app.url));
    for (const [passes, visitor] of visitors.entries()) {
      await visitor.see(slug);
      await visitor.see(slug);
      for (let step = 0; step < passes; step += 1) await visitor.answer(slug, {});
    }
    expect(await figuresOf(slug)).toEqual([3, 1, [3, 2, 1], [2, 1, 1]]);
    const { steps } = await statisticsOf(slug);
    expect(steps.map(({ binding, stage }) => [binding, stage])).toEqual(bindings.map(({ pk, stage }) => [pk, stage]));
  });

  it('count a run once that a mailed link continues in another browser', async () => {
    const { slug } = await createProofFlow(app.api, port);
    const { username, email } = await createReader(app.api);
    const [waiting, other] = [new Visitor(app.url), new Visitor(app.url)];
    await waiting.see(slug);
    await waiting.answer(slug, { uid_field: username });
    const { query } = await proofMail(sink, email);
    const { token } = await other.see<{ token: string }>(slug, query);
    expect(await figuresOf(slug)).toEqual([1, 0, [1, 1, 0], [1, 0, 1], [0, 0, 0]]);
    await other.answer(slug, { token }, query);
    await other.answer(slug, {}, query);
    expect(await figuresOf(slug)).toEqual([1, 1, [1, 1, 0], [1, 1, 0], [1, 1, 0]]);
  });

  it('count a redirect as passed when it is shown, a denial as left, and a new start as another run', async () => {
    const redirect = await createStage(app.api, 'redirect', { target_static: '/there/' });
    const redirecting = await createFlowWith(app.api, [redirect.pk]);
    const visitor = new Visitor(app.url);
    for (const _ of [1, 2]) await visitor.see(redirecting.flow.slug);
    await visitor.answer(redirecting.flow.slug, { component: 'xak-flow-redirect', to: '/there/' });
    expect(await figuresOf(redirecting.flow.slug)).toEqual([1, 1, [1, 1, 0]]);

    const deny = await createStage(app.api, 'deny');
    const denying = await createFlowWith(app.api, [(await createDummyStage(app.api)).pk, deny.pk]);
    await visitor.see(denying.flow.slug);
    await visitor.answer(denying.flow.slug, {});
    expect(await figuresOf(denying.flow.slug)).toEqual([1, 0, [1, 1, 0], [1, 0, 1]]);

    const { pk: stage } = await createStage(app.api, 'identification');
    const restarting = await createFlowWith(app.api, [{ stage, invalid_response_action: 'restart' }]);
    await visitor.see(restarting.flow.slug);
    await visitor.answer(restarting.flow.slug, {});
    expect(await figuresOf(restarting.flow.slug)).toEqual([2, 0, [2, 0, 2]]);
  });

  it('are of a period, and are deleted after 100 days', async () => {
    const { slug, flow } = await createDummyFlow(app.api, 1);
    await new Visitor(app.url).see(slug);
    const age = (days: number): Promise<unknown> =>
      app.dataSource.query(
        `update "flow_statistic" set hour = date_trunc('hour', now()) - $2 * interval '1 day' where flow_uuid = $1`,
        [flow.pk, days],
      );
    const ago = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString();
    await figuresOf(slug);
    await age(8);
    expect(await figuresOf(slug)).toEqual([0, 0, [0, 0, 0]]);
    expect(await figuresOf(slug, `?since=${ago(9)}`)).toEqual([1, 0, [1, 0, 1]]);
    expect(await figuresOf(slug, `?since=${ago(20)}&until=${ago(9)}`)).toEqual([0, 0, [0, 0, 0]]);
    const tooLong = await app.api.get(`/flows/instances/${slug}/statistics/?since=${ago(101)}`);
    expect(tooLong).toMatchObject({
      status: 400,
      body: { since: ['Ensure that the period has at most 100 days.'] },
    });
    await age(101);
    await app.nest.get(Housekeeping).doEverything();
    const rows = await app.dataSource.query('select from "flow_statistic" where flow_uuid = $1', [flow.pk]);
    expect(rows).toEqual([]);
  });

  it('go with the flow, also those that wait to be written', async () => {
    const [gone, kept] = [await createDummyFlow(app.api, 1), await createDummyFlow(app.api, 1)];
    await new Visitor(app.url).see(gone.slug);
    await statisticsOf(gone.slug);
    await new Visitor(app.url).see(gone.slug);
    await new Visitor(app.url).see(kept.slug);
    await app.api.delete(`/flows/instances/${gone.slug}/`);
    expect(await figuresOf(kept.slug)).toEqual([1, 0, [1, 0, 1]]);
  });

  it('have the steps that the caller may see', async () => {
    const { slug } = await createDummyFlow(app.api, 1);
    const callerWith = async (permissions: string[]): Promise<ApiClient> =>
      new ApiClient(app.url, await createPlainUser(app.dataSource, permissions));
    const viewer = await callerWith(['authentik_flows.view_flow']);
    expect(await statisticsOf(slug, '', viewer)).toMatchObject({ started: 0, steps: [] });
    const plain = await callerWith([]);
    expect(await plain.get(`/flows/instances/${slug}/statistics/`)).toMatchObject({ status: 403 });
  });
});
