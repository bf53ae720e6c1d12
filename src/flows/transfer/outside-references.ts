import type { EntityManager } from 'typeorm';

import { fieldsOf } from '../../rest/fields/field.js';
import { referredEntity } from '../../rest/fields/rules.js';
import { parseUuid } from '../../rest/fields/uuid.js';
import type { ExportedEntry } from './export-document.js';
import type { FindableModel } from './transfer-model.js';
import type { TransferModels } from './transfer-models.js';
import { Tag } from './tree.js';

/**
 * Writes the references of entries to objects outside of the file so that another service finds them, and so that
 * authentik does: the object with the key, which is right after a renaming, otherwise the one with the name.
 */
export async function withOutsideReferences(
  manager: EntityManager,
  models: TransferModels,
  entries: readonly ExportedEntry[],
): Promise<ExportedEntry[]> {
  const held = new Set(entries.map(({ identifiers }) => identifiers['pk']));
  const written: ExportedEntry[] = [];
  for (const entry of entries) {
    const attrs = { ...entry.attrs };
    for (const [field, model] of references(models, entry)) {
      const key = attrs[field];
      if (isKey(key) && !held.has(key)) attrs[field] = await outsideReference(manager, model, key);
    }
    written.push({ ...entry, attrs });
  }
  return written;
}

/** Returns the fields of an entry that are references, with the models that they refer to. */
function references(models: TransferModels, { model }: ExportedEntry): [field: string, model: FindableModel][] {
  const request = models.find(model)?.request;
  return [...fieldsOf(request ?? Object)].flatMap(([field, declaration]) => {
    const entity = referredEntity(declaration);
    const referred = entity === undefined ? undefined : models.findableBy(entity);
    return referred === undefined ? [] : [[field, referred]];
  });
}

function isKey(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}

async function outsideReference(
  manager: EntityManager,
  { model, entity, naturalKey, identifiers }: FindableModel,
  key: string | number,
): Promise<unknown> {
  const column = naturalKey === undefined ? undefined : identifiers[naturalKey]?.on;
  if (column === undefined) return key;
  const row = await manager
    .createQueryBuilder(entity, 'row')
    .select(column, 'name')
    .where('row.pk = :key', { key })
    .getRawOne<{ name: string }>();
  const byName = find(model, naturalKey, row?.name);
  // A number is the key of another object in another service.
  return parseUuid(key) === undefined ? byName : new Tag('!If', [find(model, 'pk', key), key, byName], 0);
}

function find(model: string, field = '', value: string | number = ''): Tag {
  return new Tag('!Find', [model, [field, value]], 0);
}
