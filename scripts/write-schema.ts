import 'reflect-metadata';

import { writeFile } from 'node:fs/promises';

import { schemaText } from './schema-text.js';

await writeFile(new URL('../schema.yml', import.meta.url), await schemaText());
