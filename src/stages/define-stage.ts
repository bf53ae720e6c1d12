import type { ModuleMetadata, Type } from '@nestjs/common';
import { getMetadataArgsStorage } from 'typeorm';

import { declarePermissionModel } from '../core/permissions/permission-models.js';
import type { StageExecutor } from '../flow-execution/stage-executor.js';
import { StageDto } from '../flows/dto/stage.dto.js';
import type { StageRequest, StageStore, StoredStageKind } from '../flows/stage-store.js';
import { type Stage } from '../flows/stage.entity.js';
import { DefaultsOf } from '../rest/fields/document-defaults.js';
import { fieldsOf } from '../rest/fields/field.js';
import { type Columns, ListOf, ListQuery } from '../rest/list/list-query.js';
import { Resource } from '../rest/resource.js';

/** What a kind of stage declares; the rest of its definition is derived. */
export interface StageDeclaration<Entity extends Stage, Dto extends StageDto, Request extends StageRequest>
  extends
    Pick<
      StoredStageKind<Entity, Dto, Request>,
      'kind' | 'description' | 'entity' | 'response' | 'request' | 'patch' | 'handsOn' | 'userSettings'
    >,
    Pick<ModuleMetadata, 'imports' | 'controllers' | 'providers'> {
  /** Path below `/stages/`; default: the kind. */
  readonly path?: string;
  /** The filters of the list, by parameter: `{ name: TextFilter({ on: 'stage.name' }) }`. */
  readonly filters: Readonly<Record<string, PropertyDecorator>>;
  /** SQL expressions of fields without a column of that name, in a query with the alias `stage`. */
  readonly columns?: Columns;
  /** Fields with the same value in every stage. */
  readonly constants?: Partial<Dto>;
  /** Fields that lists can be ordered by; default: every field with a column. */
  readonly ordering?: readonly string[];
  /** Runs the stage in a flow. A kind with a module of its own registers its executor there. */
  readonly executor?: Type<StageExecutor<Entity>>;
  /** The class that stores the stages, for kinds whose requests write more than columns. */
  readonly store?: typeof StageStore<Entity, Dto, Request>;
}

/** A kind of stage, as used by the database, the routes, import and export, and the executor. */
export interface StageDefinition<
  Entity extends Stage = Stage,
  Dto extends StageDto = StageDto,
  Request extends StageRequest = StageRequest,
>
  extends
    StoredStageKind<Entity, Dto, Request>,
    Pick<StageDeclaration<Entity, Dto, Request>, 'executor' | 'store' | 'imports' | 'controllers' | 'providers'> {
  /** Path of the routes: `stages/user_login`. */
  readonly path: string;
  /** The decorators of the routes. */
  readonly resource: Resource;
  /** The query parameters of the list. */
  readonly query: new () => ListQuery;
}

/**
 * Defines a kind of stage and declares its permissions. List the result in `stage-definitions.ts`.
 *
 * @throws Error if a field has neither a column nor an expression nor a constant
 */
export function defineStage<Entity extends Stage, Dto extends StageDto, Request extends StageRequest>({
  kind,
  path = kind,
  entity,
  response,
  filters,
  constants = {},
  columns: expressions = {},
  ordering,
  ...declaration
}: StageDeclaration<Entity, Dto, Request>): StageDefinition<Entity, Dto, Request> {
  const words = `${kind.replaceAll('_', ' ')} stage`;
  const verboseName = words.replace(/\b[a-z]/g, (letter) => letter.toUpperCase());
  const model = `authentik_stages_${kind}.${kind.replaceAll('_', '')}stage`;
  const base = fieldsOf(StageDto);
  const fields = [...fieldsOf(response).keys()].filter((field) => !base.has(field));
  const stored = fields.filter((field) => !(field in constants));
  const columns: Columns = {
    pk: 'stage.pk',
    name: 'stage.name',
    ...Object.fromEntries(stored.map((field) => [field, expressions[field] ?? columnOf(entity, field)])),
  };
  declarePermissionModel(model, verboseName);
  DefaultsOf(entity)(declaration.request);
  return {
    ...declaration,
    kind,
    path: `stages/${path}`,
    model,
    component: `ak-stage-${kind.replaceAll('_', '-')}-form`,
    verboseName,
    verboseNamePlural: `${verboseName}s`,
    entity,
    response,
    fields,
    columns,
    constants,
    query: queryOf(filters, columns, ordering ?? Object.keys(columns)),
    resource: new Resource({
      operations: `stages_${path.replaceAll('/', '_')}`,
      model,
      noun: words,
      response,
      cached: true,
      lookup: {
        entity: () => entity,
        parameter: 'stage_uuid',
        property: 'pk',
        format: 'uuid',
        description: `UUID of the ${words}.`,
      },
    }),
  };
}

/** Returns the entity property of a field: `useTls` for `use_tls`, `targetFlowId` for the key `target_flow`. */
function columnOf(entity: new () => Stage, field: string): string {
  const property = field.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const known = getMetadataArgsStorage().filterColumns(entity);
  const column = [`${property}Id`, property].find((name) => known.some(({ propertyName }) => propertyName === name));
  if (column === undefined) throw new Error(`${entity.name} has no column for ${field}`);
  return `stage.${column}`;
}

function queryOf(
  filters: StageDeclaration<Stage, StageDto, StageRequest>['filters'],
  columns: Columns,
  ordering: readonly string[],
): new () => ListQuery {
  class StageListQuery extends ListQuery {}
  for (const [name, filter] of Object.entries(filters)) filter(StageListQuery.prototype, name);
  ListOf({ columns, search: ['stage.name'], order: ['name'], ordering })(StageListQuery);
  return StageListQuery;
}
