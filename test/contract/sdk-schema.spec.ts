import { SchemaApi } from '@goauthentik/api';
import { expect, it } from 'vitest';

import { describeSdk, refusal } from './sdk.js';

describeSdk('/schema/', (sdk) => {
  const schema = (key?: string | null): SchemaApi => new SchemaApi(sdk().configuration(key));

  it('gives anybody the document as JSON', async () => {
    const document = await schema(null).schemaRetrieve({ format: 'json', lang: 'de' });
    expect(document).toMatchObject({
      openapi: '3.0.3',
      paths: { '/schema/': { get: { operationId: 'schema_retrieve' } } },
    });
  });

  it('refuses a format that there is not', async () => {
    expect(await refusal(schema().schemaRetrieve({ format: 'xml' as 'json' }))).toEqual({
      status: 404,
      body: { detail: 'Not found.' },
    });
  });
});
