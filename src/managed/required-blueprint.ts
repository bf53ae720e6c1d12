import { BlueprintError } from '../flows/transfer/blueprint-error.js';
import type { MetaEntry } from '../flows/transfer/transfer-model.js';
import { everyRow } from '../rest/access/route-access.js';
import { restrict } from '../rest/access/visible.js';
import { BlueprintInstance } from './blueprint-instance.entity.js';

/** Model of entries that require another blueprint. */
export const requiredBlueprint = 'authentik_blueprints.metaapplyblueprint';

/**
 * Requires that another blueprint has been applied, unless `required` is false. It is not applied here: a file must not
 * write more than its caller sees in it.
 *
 * @throws BlueprintError
 */
export async function requireBlueprint({ manager, attrs, caller }: MetaEntry): Promise<void> {
  const { identifiers, required = true } = attrs;
  if (required === false) return;
  const { name, path } = { name: undefined, path: undefined, ...(identifiers as object) };
  if (typeof name !== 'string' && typeof path !== 'string')
    throw new BlueprintError('A required blueprint needs a name or a path among its identifiers.');
  const visible = caller?.viewable('authentik_blueprints.blueprintinstance') ?? everyRow;
  const blueprints = restrict(manager.createQueryBuilder(BlueprintInstance, 'row'), visible);
  if (typeof name === 'string') blueprints.andWhere('row.name = :name', { name });
  if (typeof path === 'string') blueprints.andWhere('row.path = :path', { path });
  const wanted = typeof name === 'string' ? name : path;
  const found = await blueprints.orderBy('row.pk').getOne();
  if (found === null) throw new BlueprintError(`Required blueprint “${wanted}” does not exist`);
  if (found.status !== 'successful')
    throw new BlueprintError(`Required blueprint “${found.name}” has not been applied`);
}
