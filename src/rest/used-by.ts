import { ApiProperty } from '@nestjs/swagger';
import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';

import { codename, type VisibleRows } from './access/route-access.js';

const usedByActions = ['cascade', 'cascade_many', 'set_null', 'set_default'] as const;
export type UsedByAction = (typeof usedByActions)[number];

/** A reference to an object, and what happens to it when the object is deleted. */
export class UsedByDto {
  @ApiProperty({ description: 'Django-style application of the referring model.', example: 'authentik_flows' })
  app!: string;
  @ApiProperty({ description: 'Model of the referring object.', example: 'flowstagebinding' }) model_name!: string;
  @ApiProperty({ description: 'Key of the referring object.', example: '7f3c1d52-6a0e-4f0b-9d57-2c8f1e6b4a90' })
  pk!: string;
  @ApiProperty({
    description: 'Display name of the referring object.',
    example: 'Flow-stage binding #0 to default-recovery-flow',
  })
  name!: string;
  @ApiProperty({
    enum: usedByActions,
    enumName: 'UsedByActionEnum',
    description: 'What happens to the referring object on deletion.',
  })
  action!: UsedByAction;
}

/** References of one model to an object. */
export interface Reference {
  readonly app: string;
  readonly model: string;
  readonly action: UsedByAction;
  /** Query for the referrers: columns `pk` and `name`, in the order of the response. */
  readonly rows: SelectQueryBuilder<ObjectLiteral>;
  /** The key of a referrer is a secret, shown to callers who may change it. */
  readonly keyIsSecret?: true;
}

/** A caller, who has permissions on rows. */
interface Viewer {
  /** The rows on which the caller has this permission. */
  visible(permission: string): VisibleRows;
}

/**
 * Reads the references to an object that the caller may view, in the order of `references` (authentik sorts by the name of
 * the relation).
 */
export async function readUsedBy(references: readonly Reference[], viewer: Viewer): Promise<UsedByDto[]> {
  const uses: UsedByDto[] = [];
  for (const { app, model, action, rows, keyIsSecret } of references) {
    const needed = keyIsSecret ? ['view', 'change'] : ['view'];
    const scopes = needed.map((permission) => viewer.visible(codename(`${app}.${model}`, permission)));
    if (scopes.some((may) => may.kind === 'keys' && may.keys.length === 0)) continue;
    for (const { pk, name } of await rows.getRawMany<{ pk: unknown; name: string }>()) {
      const key = String(pk);
      if (scopes.some((may) => may.kind === 'keys' && !may.keys.includes(key))) continue;
      uses.push({ app, model_name: model, pk: key, name, action });
    }
  }
  return uses;
}
