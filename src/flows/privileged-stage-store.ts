import { randomUUID } from 'node:crypto';

import type { DataSource, EntityManager } from 'typeorm';

import type { Authority, Party } from '../core/authority/authority.service.js';
import type { HandedOn, Subject } from '../core/authority/read-standings.js';
import { everyRow } from '../rest/access/route-access.js';
import type { StageDto } from './dto/stage.dto.js';
import type { FlowSetReader } from './flow-set.js';
import { type StageRequest, StageStore, type StoredStageKind } from './stage-store.js';
import type { Stage } from './stage.entity.js';

/** Keeps stages of a kind that can hand on rights: writing one takes the rights that it hands on. */
export abstract class PrivilegedStageStore<
  Entity extends Stage,
  Answer extends StageDto,
  Request extends StageRequest,
> extends StageStore<Entity, Answer, Request> {
  protected constructor(
    dataSource: DataSource,
    flowSets: FlowSetReader,
    kind: StoredStageKind<Entity, Answer>,
    private readonly authority: Authority,
  ) {
    super(dataSource, flowSets, kind);
  }

  /** @throws AppError `forbidden` if the caller does not have what the stage hands on */
  createBy(by: Party, request: Request): Promise<Answer> {
    const pk = randomUUID();
    return this.dataSource.transaction(async (manager) => {
      await this.authority.changing(manager, by, [this.subject(pk)], () => this.insert(manager, request, pk));
      return this.get(pk, everyRow, manager);
    });
  }

  /** As `update`. @throws AppError `forbidden` if the caller does not have what the stage would hand on */
  updateBy(by: Party, { pk }: Stage, request: Request | Partial<Request>): Promise<Answer> {
    return this.dataSource.transaction(async (manager) => {
      await this.authority.changing(manager, by, [this.subject(pk)], () => this.change(manager, pk, request));
      return this.get(pk, everyRow, manager);
    });
  }

  /** The stage as `Authority` compares it. */
  subject(pk: string): Subject {
    return {
      stage: async (manager: EntityManager) => {
        const stage = await manager.findOne<Stage>(this.kind.entity, { where: { pk } });
        return stage === null ? undefined : this.handedOn(stage as Entity);
      },
    };
  }

  protected abstract handedOn(stage: Entity): HandedOn;
}
