import { randomUUID } from 'node:crypto';

import { StageKinds } from '../../src/flows/stage-kinds.js';
import type { TestApp } from '../support/test-app.js';

/** A second kind of stage, for what holds for every kind. */
export const dummyKind = {
  kind: 'dummy',
  model: 'authentik_stages_dummy.dummystage',
  component: 'ak-stage-dummy-form',
  verboseName: 'Dummy Stage',
  verboseNamePlural: 'Dummy Stages',
  description: 'Does nothing.',
};

/** Creates a stage of another kind than email in the database, and makes its kind known. */
export async function createDummyStage(
  { nest, dataSource }: TestApp,
  name = `dummy-${randomUUID()}`,
): Promise<{ pk: string; name: string }> {
  nest.get(StageKinds).register(dummyKind);
  const pk = randomUUID();
  await dataSource.query(`insert into "stage" (stage_uuid, name, kind) values ($1, $2, 'dummy')`, [pk, name]);
  return { pk, name };
}
