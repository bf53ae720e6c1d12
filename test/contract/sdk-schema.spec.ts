import { SchemaApi } from '@goauthentik/api';
import { expect, it } from 'vitest';

import { describeSdk, refusal } from './sdk.js';

describeSdk('/schema/', (sdk) => {
  const schema = (key?: string | null): SchemaApi => new SchemaApi(sdk().configuration(key));

  it('serves the document as JSON without credentials', async () => {
    const document = await schema(null).schemaRetrieve({ format: 'json', lang: 'de' });
    expect(document).toMatchObject({
      openapi: '3.0.3',
      paths: { '/schema/': { get: { operationId: 'schema_retrieve' } } },
    });
  });

  it('answers 404 for an unknown format', async () => {
    expect(await refusal(schema().schemaRetrieve({ format: 'xml' as 'json' }))).toEqual({
      status: 404,
      body: { detail: 'Not found.' },
    });
  });
});
