import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { AppError } from '../../rest/errors/app-error.js';
import { FlowStageBinding } from '../flow-stage-binding.entity.js';
import { Flow } from '../flow.entity.js';
import { StageKinds } from '../stage-kinds.js';
import { Stage } from '../stage.entity.js';
import { type ExportedEntry, entryOf, exportText } from './export-document.js';
import { withOutsideReferences } from './outside-references.js';
import type { TransferModel } from './transfer-model.js';
import { TransferModels } from './transfer-models.js';

/** Keys of the objects of a flow. */
export interface ExportScope {
  readonly flow: string;
  /** Stages of the flow and stages that these refer to. */
  readonly stages: readonly string[];
  readonly bindings: readonly string[];
}

/** Objects of another model that are exported with a flow. */
export interface ExportPart {
  readonly model: string;
  /** Entries refer only to earlier entries. */
  readonly place: 'before stages' | 'after bindings';
  /** Keys of the objects in export order, which is deterministic. */
  keys(manager: EntityManager, scope: ExportScope): Promise<string[]>;
}

/** Exports flows as files (management API, section 5.4). */
@Injectable()
export class Exporter {
  private readonly parts: ExportPart[] = [];

  constructor(
    private readonly dataSource: DataSource,
    private readonly models: TransferModels,
    private readonly kinds: StageKinds,
  ) {}

  register(part: ExportPart): void {
    this.parts.push(part);
  }

  /**
   * Returns the text of a file with a flow, its stages and bindings, from one snapshot.
   *
   * @throws AppError `notFound` if the flow has just been deleted
   */
  export(flow: string): Promise<string> {
    return this.dataSource.transaction('REPEATABLE READ', async (manager) => {
      if (!(await manager.existsBy(Flow, { pk: flow }))) throw new AppError('notFound');
      const bindings = await this.bindingsOf(manager, flow);
      const stages = await this.stageEntries(
        manager,
        bindings.map(({ stage }) => stage),
      );
      const scope = { flow, stages: [...stages.keys()], bindings: bindings.map(({ pk }) => pk) };
      const entries = [
        ...(await this.entries(manager, 'authentik_flows.flow', [flow])),
        ...(await this.partsAt(manager, 'before stages', scope)),
        ...stages.values(),
        ...(await this.entries(manager, 'authentik_flows.flowstagebinding', scope.bindings)),
        ...(await this.partsAt(manager, 'after bindings', scope)),
      ];
      return exportText(await withOutsideReferences(manager, this.models, entries), new Date());
    });
  }

  private bindingsOf(manager: EntityManager, flow: string): Promise<{ pk: string; stage: string }[]> {
    return manager
      .createQueryBuilder(FlowStageBinding, 'binding')
      .select('binding.pk', 'pk')
      .addSelect('binding.stageId', 'stage')
      .where('binding.targetId = :flow', { flow })
      .orderBy('binding.order')
      .addOrderBy('binding.pk')
      .getRawMany<{ pk: string; stage: string }>();
  }

  private async partsAt(
    manager: EntityManager,
    place: ExportPart['place'],
    scope: ExportScope,
  ): Promise<ExportedEntry[]> {
    const entries: ExportedEntry[] = [];
    for (const part of this.parts.filter((each) => each.place === place)) {
      entries.push(...(await this.entries(manager, part.model, await part.keys(manager, scope))));
    }
    return entries;
  }

  private async entries(manager: EntityManager, model: string, keys: readonly string[]): Promise<ExportedEntry[]> {
    const entries: ExportedEntry[] = [];
    for (const key of keys) entries.push(await readEntry(manager, this.models.find(model), key));
    return entries;
  }

  /**
   * Returns these stages and the stages that they refer to, by key, in topological order, so that an import can process
   * the file from top to bottom.
   */
  private async stageEntries(manager: EntityManager, keys: readonly string[]): Promise<Map<string, ExportedEntry>> {
    const read = new Map<string, ExportedEntry>();
    for (
      let left = keys;
      left.length > 0;
      left = [...read.values()].flatMap(stringsOf).filter((key) => !read.has(key))
    ) {
      const stages = await manager
        .createQueryBuilder(Stage, 'stage')
        .select('stage.pk', 'pk')
        .addSelect('stage.kind', 'kind')
        .where('(stage.pk)::text = any(:left)', { left })
        .getRawMany<{ pk: string; kind: string }>();
      if (stages.length === 0) break;
      for (const { pk, kind } of stages) {
        read.set(pk, await readEntry(manager, this.models.find(this.kinds.get(kind).model), pk));
      }
    }
    const sorted = new Map<string, ExportedEntry>();
    for (const key of keys) addInTopologicalOrder(key, read, sorted);
    return sorted;
  }
}

async function readEntry(
  manager: EntityManager,
  model: TransferModel | undefined,
  key: string,
): Promise<ExportedEntry> {
  if (model?.exported === undefined) throw new Error(`a model of a flow has no export`);
  return entryOf(model, await model.exported.read(manager, key));
}

/** Returns all strings that an entry sets, also in lists; they include the keys that it refers to. */
function stringsOf({ attrs }: ExportedEntry): string[] {
  return Object.values(attrs)
    .flat()
    .filter((value) => typeof value === 'string');
}

function addInTopologicalOrder(
  key: string,
  read: ReadonlyMap<string, ExportedEntry>,
  sorted: Map<string, ExportedEntry>,
  above: readonly string[] = [],
): void {
  const entry = read.get(key);
  if (entry === undefined || sorted.has(key) || above.includes(key)) return;
  for (const other of stringsOf(entry)) addInTopologicalOrder(other, read, sorted, [...above, key]);
  sorted.set(key, entry);
}
