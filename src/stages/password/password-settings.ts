import { type EntityManager, IsNull, Not } from 'typeorm';

import type { UserSettingDto } from '../../flows/dto/stage.dto.js';
import type { Flow } from '../../flows/flow.entity.js';
import { PasswordStage } from './password-stage.entity.js';

/** Finds the flow in which users change their password; undefined if there is no such stage, or it has no such flow. */
export async function findConfigureFlow(manager: EntityManager, pk: string): Promise<Flow | undefined> {
  const stage = await manager.findOne(PasswordStage, { where: { pk }, relations: { configureFlow: true } });
  return stage?.configureFlow ?? undefined;
}

/** Returns the settings in which users change their password: one for each stage that has a flow for it. */
export async function passwordSettings(manager: EntityManager): Promise<UserSettingDto[]> {
  const stages = await manager.find(PasswordStage, {
    where: { configureFlowId: Not(IsNull()) },
    order: { name: 'ASC' },
  });
  return stages.map(({ pk }) => ({
    object_uid: pk,
    component: 'ak-user-settings-password',
    title: 'Password Stage',
    configure_url: `/flows/-/configure/${pk}/`,
  }));
}
