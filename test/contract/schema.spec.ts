import { readFileSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { schemaText } from '../../scripts/schema-text.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly object[];
}

const generated = await schemaText();
const document = parse(generated) as {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  'x-webhooks': Record<string, object>;
  components: { schemas: Record<string, object> };
};

interface Union {
  readonly oneOf: readonly { readonly $ref: string }[];
  readonly discriminator: { readonly propertyName: string; readonly mapping: Readonly<Record<string, string>> };
}

interface Member {
  readonly required?: readonly string[];
  readonly properties: Readonly<Record<string, { readonly allOf?: readonly { readonly $ref: string }[] }>>;
}

const operations = Object.values(document.paths).flatMap((item) => Object.values(item));

describe('schema.yml', () => {
  it('is up to date with the application, and generated without a database or a port', () => {
    const committed = readFileSync(new URL('../../schema.yml', import.meta.url), 'utf8');
    expect(committed, 'it is stale: npm run schema:write').toBe(generated);
  });

  it('is OpenAPI 3.0.3', () => {
    expect(document.openapi).toBe('3.0.3');
  });

  it('has no broken reference', () => {
    const references = [...generated.matchAll(/\$ref: "?#\/components\/schemas\/(\w+)"?$/gm)].map(([, name]) => name);
    expect(references).toHaveLength(generated.split('$ref').length - 1);
    expect(references.filter((name = '') => !(name in document.components.schemas))).toEqual([]);
  });

  it('has no unused schema', () => {
    const used = new Set<string>();
    const visit = (part: unknown): void => {
      for (const [, name = ''] of JSON.stringify(part).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
        if (used.has(name)) continue;
        used.add(name);
        visit(document.components.schemas[name]);
      }
    };
    visit([document.paths, document['x-webhooks']]);
    expect(Object.keys(document.components.schemas).filter((name) => !used.has(name))).toEqual([]);
  });

  it('names no schema with the suffix of our classes', () => {
    expect(Object.keys(document.components.schemas).filter((name) => /Dto$|^Page$/.test(name))).toEqual([]);
  });

  it.each(['ChallengeTypes', 'FlowChallengeResponseRequest'])(
    'has a required property in each member of %s, whose one value no other member takes',
    (name) => {
      const { schemas } = document.components;
      const { oneOf, discriminator } = schemas[name] as Union;
      const schemaAt = (reference = ''): unknown => schemas[reference.split('/').at(-1) ?? ''];
      const values = oneOf.map(({ $ref }) => {
        const { required, properties } = schemaAt($ref) as Member;
        expect(required, $ref).toContain(discriminator.propertyName);
        const { enum: words } = schemaAt(properties[discriminator.propertyName]?.allOf?.[0]?.$ref) as {
          enum: string[];
        };
        expect(words.map((word) => discriminator.mapping[word])).toEqual([$ref]);
        return words[0];
      });
      expect(new Set(values).size).toBe(oneOf.length);
    },
  );

  it('lists the parameters that authentik does not have after those that it has', () => {
    const { parameters } = document.paths['/stages/email/']?.['get'] as { parameters: { name: string }[] };
    expect(parameters.map(({ name }) => name).slice(-4)).toEqual([
      'username',
      'recovery_cache_timeout',
      'recovery_max_attempts',
      'transport',
    ]);
  });

  it('gives every operation a unique id, a summary, a tag and its security', () => {
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const incomplete = operations.filter(
      ({ operationId, summary, tags, security }) => !operationId || !summary || tags?.length !== 1 || !security?.length,
    );
    expect(incomplete).toEqual([]);
  });
});

describe('/schema/', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  async function schema(query = '', accept?: string): Promise<{ status: number; type: string | null; text: string }> {
    const headers = accept === undefined ? {} : { headers: { accept } };
    const response = await fetch(`${app.url}/api/v3/schema/${query}`, headers);
    return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
  }

  it('serves schema.yml without credentials', async () => {
    expect(await schema()).toEqual({
      status: 200,
      type: 'application/vnd.oai.openapi; charset=utf-8',
      text: generated,
    });
    expect(await schema('?format=yaml&lang=de')).toEqual(await schema());
  });

  it('is the same as JSON', async () => {
    const answer = await schema('?format=json');
    expect([answer.status, answer.type]).toEqual([200, 'application/vnd.oai.openapi+json; charset=utf-8']);
    expect(JSON.parse(answer.text)).toEqual(document);
  });

  it.each(['application/vnd.oai.openapi', 'application/yaml'])('is YAML for who accepts %s', async (type) => {
    expect(await schema('', type)).toEqual({ status: 200, type: `${type}; charset=utf-8`, text: generated });
  });

  it.each(['application/vnd.oai.openapi+json', 'application/json'])('is JSON for who accepts %s', async (type) => {
    const answer = await schema('', `text/html;q=0.9, ${type};q=0.5`);
    expect([answer.status, answer.type?.split(';')[0]]).toEqual([200, type]);
    expect(JSON.parse(answer.text)).toEqual(document);
  });

  it('answers 404 for an unknown format and 406 for an unsupported Accept header', async () => {
    expect((await schema('?format=xml')).status).toBe(404);
    expect((await schema('', 'text/html')).status).toBe(406);
  });
});
