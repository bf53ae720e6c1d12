import { stringify } from 'yaml';

import type { FlowImportResultDto } from '../../src/flows/transfer/dto/flow-import.dto.js';
import type { Answer, ApiClient } from '../support/api-client.js';
import { formWith } from './image.js';

/**
 * Imports a file over the API.
 *
 * @param fields more fields of the form
 */
export function importFile(
  api: ApiClient,
  file: string | Uint8Array,
  fields: Readonly<Record<string, string>> = {},
): Promise<Answer<FlowImportResultDto>> {
  return api.request('POST', '/flows/instances/import/', { raw: formWith(file, fields) });
}

/** Imports entries over the API. @returns the success flag and the messages of all entries */
export async function importEntries(
  api: ApiClient,
  entries: readonly object[],
  more: object = {},
): Promise<[success: boolean, ...events: string[]]> {
  const { status, body } = await importFile(api, stringify({ version: 1, entries, ...more }));
  if (status !== 200) throw new Error(`the import failed: ${status} ${JSON.stringify(body)}`);
  return [body.success, ...body.logs.map(({ event }) => event)];
}

/** Returns an entry for a flow with this slug. */
export function flowEntry(slug: string, attrs: object = {}, more: object = {}): object {
  return {
    model: 'authentik_flows.flow',
    identifiers: { slug },
    attrs: { name: 'Flow', title: 'Title', designation: 'recovery', ...attrs },
    ...more,
  };
}
