import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, IsNull, Not } from 'typeorm';

import type { UserSettingDto } from '../../flows/dto/stage.dto.js';
import { FlowSetReader } from '../../flows/flow-set.js';
import type { Flow } from '../../flows/flow.entity.js';
import { StageStore } from '../../flows/stage-store.js';
import type { PasswordStageDto, PasswordStageRequestDto } from './dto/password-stage.dto.js';
import { PasswordStage } from './password-stage.entity.js';
import { passwordStageKind } from './password-stage.kind.js';

/** Keeps the password stages. */
@Injectable()
export class PasswordStageService extends StageStore<PasswordStage, PasswordStageDto, PasswordStageRequestDto> {
  constructor(dataSource: DataSource, flowSets: FlowSetReader) {
    super(dataSource, flowSets, passwordStageKind);
  }

  /** The flow in which users change their password; undefined if there is no such stage, or it names none. */
  async configureFlow(manager: EntityManager, pk: string): Promise<Flow | undefined> {
    const stage = await manager.findOne(PasswordStage, { where: { pk }, relations: { configureFlow: true } });
    return stage?.configureFlow ?? undefined;
  }

  /** What users are offered in their settings: to change their password, where a stage has a flow for that. */
  async userSettings(): Promise<UserSettingDto[]> {
    const stages = await this.dataSource.manager.find(PasswordStage, {
      where: { configureFlowId: Not(IsNull()) },
      order: { name: 'ASC' },
    });
    return stages.map(({ pk }) => ({
      object_uid: pk,
      component: 'ak-user-settings-password',
      title: this.kind.verboseName,
      configure_url: `/flows/-/configure/${pk}/`,
    }));
  }
}
