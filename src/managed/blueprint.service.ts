import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { DataSource, type SelectQueryBuilder } from 'typeorm';

import type { Caller } from '../core/access/caller.js';
import { Authority } from '../core/authority/authority.service.js';
import type { HandedOn, Subject } from '../core/authority/read-standings.js';
import { findBlueprint } from '../flows/transfer/blueprint.js';
import { Importer } from '../flows/transfer/importer.service.js';
import type { TreeMap } from '../flows/transfer/tree.js';
import { everyRow, type VisibleRows } from '../rest/access/route-access.js';
import { restrict } from '../rest/access/visible.js';
import { AppError } from '../rest/errors/app-error.js';
import { ValidationError } from '../rest/errors/validation-error.js';
import { columnsOf } from '../rest/fields/columns-of.js';
import type { Page } from '../rest/list/page.js';
import { readPage, select } from '../rest/list/read-page.js';
import { BlueprintFiles } from './blueprint-files.js';
import { BlueprintInstance } from './blueprint-instance.entity.js';
import { blueprintColumns } from './blueprint-instance.mapper.js';
import type {
  BlueprintFileDto,
  BlueprintInstanceDto,
  BlueprintInstanceRequestDto,
  BlueprintListQuery,
  PatchedBlueprintInstanceRequestDto,
} from './dto/blueprint-instance.dto.js';

/** Reads and writes registered blueprints. */
@Injectable()
export class BlueprintService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly importer: Importer,
    private readonly files: BlueprintFiles,
    private readonly authority: Authority,
  ) {}

  list(query: BlueprintListQuery, visible: VisibleRows): Promise<Page<BlueprintInstanceDto>> {
    return readPage<BlueprintInstanceDto>(this.instances(visible), query);
  }

  /** @throws AppError `notFound` */
  async get(pk: string, visible: VisibleRows): Promise<BlueprintInstanceDto> {
    const instance = this.instances(visible).andWhere('instance.pk = :pk', { pk });
    const row = await select(instance, blueprintColumns).getRawOne<BlueprintInstanceDto>();
    if (row === undefined) throw new AppError('notFound');
    return row;
  }

  /**
   * Registers a blueprint. It is applied on request, or at the next start.
   *
   * @throws AppError `forbidden` if the caller may not set the context of a file
   */
  async create(request: BlueprintInstanceRequestDto, caller: Caller): Promise<BlueprintInstanceDto> {
    await this.requireValid(request, caller);
    const pk = randomUUID();
    const columns = { ...columnsOf<BlueprintInstance>(request), pk };
    await this.dataSource.transaction((manager) =>
      this.authority.changing(manager, caller, [subjectOf(pk)], () =>
        manager.insert(BlueprintInstance, columns as object),
      ),
    );
    return this.get(pk, everyRow);
  }

  /** Changes the fields in the request; missing fields keep their values, also for a PUT. */
  async update(
    { pk, context }: BlueprintInstance,
    request: BlueprintInstanceRequestDto | PatchedBlueprintInstanceRequestDto,
    caller: Caller,
  ): Promise<BlueprintInstanceDto> {
    await this.requireValid({ context, ...request }, caller);
    const columns = columnsOf<BlueprintInstance>(request);
    if (Object.keys(columns).length > 0) {
      await this.dataSource.transaction((manager) =>
        this.authority.changing(manager, caller, [subjectOf(pk)], () =>
          manager.update(BlueprintInstance, { pk }, columns as object),
        ),
      );
    }
    return this.get(pk, everyRow);
  }

  /** Deletes the blueprint; the objects it wrote stay. */
  async remove({ pk }: BlueprintInstance): Promise<void> {
    await this.dataSource.transaction((manager) => manager.delete(BlueprintInstance, { pk }));
  }

  /** Lists all blueprint files, registered or not. */
  async available(): Promise<BlueprintFileDto[]> {
    const files = await this.files.all();
    return files.map(({ path, lastModified, hash, bytes }) => {
      const { name = path, labels = {} } = findBlueprint(bytes) ?? {};
      return { path, last_m: lastModified, hash, meta: { name, labels } };
    });
  }

  /**
   * Validates inline content with a dry run.
   *
   * @throws ValidationError if the caller cannot apply it
   */
  private async requireValid(
    { content = '', context }: Partial<BlueprintInstanceRequestDto>,
    caller: Caller,
  ): Promise<void> {
    if (content === '') return;
    const options = { caller, context: (context ?? {}) as TreeMap, dryRun: true };
    const { success, logs } = await this.importer.import(Buffer.from(content), options);
    if (success) return;
    throw new ValidationError({ content: ['Failed to validate blueprint', logs.at(-1)?.event ?? ''] });
  }

  private instances(visible: VisibleRows): SelectQueryBuilder<BlueprintInstance> {
    return restrict(this.dataSource.manager.createQueryBuilder(BlueprintInstance, 'instance'), visible);
  }
}

/** The context of a file is privileged: files are applied as the operator at the next start. */
function subjectOf(pk: string): Subject {
  return {
    stage: async (manager): Promise<HandedOn | undefined> => {
      const instance = await manager.findOneBy(BlueprintInstance, { pk });
      if (instance === null) return undefined;
      const { path, context } = instance;
      const isOperators = path !== '' && Object.keys(context).length > 0;
      return { groups: [], superuserBy: isOperators ? [`${path} ${JSON.stringify(context)}`] : [] };
    },
  };
}
