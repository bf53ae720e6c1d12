import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { schemaText } from '../../scripts/schema-text.js';
import { createEmailStage } from '../factories/email-stage.js';
import { createFlow } from '../factories/flow.js';
import { createGroup } from '../factories/group.js';
import { createPrompt } from '../factories/prompt.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

interface Schema {
  readonly $ref?: string;
  readonly description?: string;
  readonly example?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
}

interface Operation {
  readonly operationId: string;
  readonly summary?: string;
  readonly parameters?: readonly { readonly name: string; readonly description?: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly example?: unknown }>> };
  readonly responses: Readonly<Record<string, unknown>>;
}

const document = parse(await schemaText()) as {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
};
const { schemas } = document.components;
const routes = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
);
const properties = Object.entries(schemas).flatMap(([schema, { properties: all = {} }]) =>
  Object.entries(all).map(([name, property]) => ({ name: `${schema}.${name}`, property })),
);

/** Returns the example of a property: of a reference, that of its schema. */
function exampleOf({ $ref, example }: Schema): unknown {
  if ($ref === undefined) return example;
  const target = schemas[$ref.split('/').at(-1) ?? ''];
  return target?.properties ?? target?.example;
}

describe('The OpenAPI document', () => {
  it('describes every operation, parameter and property', () => {
    const undescribed = [
      ...routes.filter(({ operation }) => !operation.summary).map(({ operation }) => operation.operationId),
      ...routes.flatMap(({ operation: { operationId, parameters = [] } }) =>
        parameters.filter(({ description }) => !description).map(({ name }) => `${operationId} ${name}`),
      ),
      ...properties.filter(({ property }) => !property.description).map(({ name }) => name),
    ];
    expect(undescribed).toEqual([]);
  });

  it('has an example for every property and every JSON body', () => {
    const missing = [
      ...properties.filter(({ property }) => exampleOf(property) === undefined).map(({ name }) => name),
      ...routes.flatMap(({ operation: { operationId, requestBody } }) => {
        const json = requestBody?.content['application/json'];
        return json !== undefined && json.example === undefined ? [operationId] : [];
      }),
    ];
    expect(missing).toEqual([]);
  });
});

describe('The examples of the API', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ ALLOWED_REDIRECTS: 'https://app.example.com' });
  });
  afterAll(() => app.stop());

  /** UUIDs of existing objects, in place of those of the examples. */
  async function existing(path: string): Promise<object> {
    const target = async (): Promise<string> => (await createFlow(app.api)).pk;
    if (path === '/flows/bindings/') {
      return { target: await target(), stage: (await createEmailStage(app.api)).pk };
    }
    if (path === '/policies/bindings/') return { target: await target(), group: (await createGroup(app.api)).pk };
    if (path === '/stages/prompt/stages/') return { fields: [(await createPrompt(app.api)).pk] };
    return {};
  }

  it('create an object when sent unchanged', async () => {
    const creates = routes.filter(({ method, operation }) => method === 'post' && '201' in operation.responses);
    expect(creates.length).toBeGreaterThan(20);
    const { pk } = (await app.api.get('/core/users/?username=akadmin')).body.results[0];
    const answers = [];
    for (const { path, operation } of creates) {
      const example = operation.requestBody?.content['application/json']?.example as object;
      const request = { ...example, ...(await existing(path)) };
      const { status, body } = await app.api.post(path.replace('{id}', pk), request);
      answers.push({ path, status, ...(status !== 201 && { body }) });
    }
    expect(answers).toEqual(creates.map(({ path }) => ({ path, status: 201 })));
  });
});
