import { ApiProperty } from '@nestjs/swagger';
import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';

import type { VisibleRows } from './access/route-access.js';

export const usedByActions = ['cascade', 'cascade_many', 'set_null', 'set_default'] as const;
export type UsedByAction = (typeof usedByActions)[number];

/** Something that refers to an object, and what becomes of the reference when that object is deleted. */
export class UsedByDto {
  @ApiProperty() app!: string;
  @ApiProperty() model_name!: string;
  @ApiProperty() pk!: string;
  @ApiProperty() name!: string;
  @ApiProperty({ enum: usedByActions, enumName: 'UsedByActionEnum' }) action!: UsedByAction;
}

/** One way in which objects of another model refer to this one. */
export interface Reference {
  readonly app: string;
  readonly model: string;
  readonly action: UsedByAction;
  /** The referrers, as columns `pk` and `name`, in the order in which they are told. */
  readonly rows: SelectQueryBuilder<ObjectLiteral>;
}

/**
 * Everything that refers to an object, in the order of `references` (the reference sorts them by the name of the
 * relation), as far as the caller may view it.
 *
 * @param visible the rows that the caller may view of a model, `<app>.<model>`
 */
export async function readUsedBy(
  references: readonly Reference[],
  visible: (model: string) => VisibleRows,
): Promise<UsedByDto[]> {
  const answer: UsedByDto[] = [];
  for (const { app, model, action, rows } of references) {
    const may = visible(`${app}.${model}`);
    if (may.kind === 'keys' && may.keys.length === 0) continue;
    for (const { pk, name } of await rows.getRawMany<{ pk: unknown; name: string }>()) {
      const key = String(pk);
      if (may.kind === 'keys' && !may.keys.includes(key)) continue;
      answer.push({ app, model_name: model, pk: key, name, action });
    }
  }
  return answer;
}
