import 'reflect-metadata';

import { createLogger } from '../src/config/logger.js';
import { readSettings } from '../src/config/read-settings.js';
import { createApp } from '../src/configure-app.js';
import { dataSourceOptions } from '../src/data-source.js';
import { SchemaDocument } from '../src/rest/openapi/schema.controller.js';

/** Generates the OpenAPI document as it is committed, without a port, database or worker. */
export async function schemaText(): Promise<string> {
  const { settings } = readSettings({ LOG_LEVEL: 'fatal', ROLE: 'api' });
  const database = {
    dataSource: dataSourceOptions('postgres://nowhere/nothing'),
    secretKey: 'not used',
    connect: false,
    migrateAtStart: false,
    report: () => undefined,
  };
  const { nest } = await createApp(settings, database, createLogger(settings));
  return nest.get(SchemaDocument).text('yaml');
}
