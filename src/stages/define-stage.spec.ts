import 'reflect-metadata';

import { Column, getMetadataArgsStorage } from 'typeorm';
import { describe, expect, it } from 'vitest';

import { permissionModels } from '../core/permissions/permission-models.js';
import { StageFields } from '../flows/dto/stage.dto.js';
import { StageKindEntity } from '../flows/stage-kind-entity.js';
import { Stage } from '../flows/stage.entity.js';
import { ValidationError } from '../rest/errors/validation-error.js';
import type { RuleContext } from '../rest/fields/field.js';
import { BooleanField, TextField, UuidField } from '../rest/fields/fields.js';
import { readObject } from '../rest/fields/read-object.js';
import { TextFilter } from '../rest/list/filters.js';
import { conditionsOf, listOf } from '../rest/list/list-query.js';
import { defineStage } from './define-stage.js';
import { stageTypes } from './stage-types.js';

@StageKindEntity('coin_toss')
class CoinTossStage extends Stage {
  @Column({ type: 'boolean' })
  isFair = true;

  @Column({ type: 'uuid', name: 'other_flow_uuid', nullable: true })
  otherFlowId: string | null = null;

  @Column({ type: 'text', name: 'face' })
  side = 'heads';
}

class CoinTossStageFields extends StageFields {
  @BooleanField() is_fair!: boolean;
  @UuidField({ nullable: true }) other_flow!: string | null;
  @TextField({ readOnly: true }) side_set!: string;
  @TextField() currency!: string;
}

const declaration = {
  kind: 'coin_toss',
  description: 'Tosses a coin.',
  entity: CoinTossStage,
  ...stageTypes('coin_toss', CoinTossStageFields),
  filters: { name: TextFilter({ on: 'stage.name' }) },
  columns: { side_set: "(stage.side <> '')" },
  constants: { currency: 'EUR' },
};

describe('A stage definition', () => {
  it('derives its names from its kind', () => {
    expect(defineStage(declaration)).toMatchObject({
      path: 'stages/coin_toss',
      model: 'authentik_stages_coin_toss.cointossstage',
      component: 'ak-stage-coin-toss-form',
      verboseName: 'Coin Toss Stage',
      verboseNamePlural: 'Coin Toss Stages',
    });
    expect(defineStage({ ...declaration, path: 'coins/stages' }).path).toBe('stages/coins/stages');
  });

  it('has DTOs with the names of authentik’s document, and a check in the request DTOs', async () => {
    const isFair = ({ is_fair }: Partial<CoinTossStageFields>): string | undefined =>
      is_fair ? undefined : 'Be fair.';
    const { response, request, patch } = stageTypes('coin_toss', CoinTossStageFields, isFair);
    const names = [response, request, patch].map(({ name }) => name);
    expect(names).toEqual(['CoinTossStageDto', 'CoinTossStageRequestDto', 'PatchedCoinTossStageRequestDto']);
    const read = (is_fair: boolean): Promise<object> => readObject(patch, { is_fair }, {} as RuleContext);
    await expect(read(true)).resolves.toEqual({ is_fair: true });
    await expect(read(false)).rejects.toThrow(ValidationError);
  });

  it('declares the permissions on its stages', () => {
    const { model, resource } = defineStage(declaration);
    expect(permissionModels).toContain(model);
    expect(resource.permission('view')).toBe('authentik_stages_coin_toss.view_cointossstage');
  });

  it('maps each field to its column or expression, except constants', () => {
    const { columns, fields, query } = defineStage(declaration);
    expect(fields).toEqual(['is_fair', 'other_flow', 'side_set', 'currency']);
    expect(columns).toEqual({
      pk: 'stage.pk',
      name: 'stage.name',
      is_fair: 'stage.isFair',
      other_flow: 'stage.otherFlowId',
      side_set: "(stage.side <> '')",
    });
    expect(listOf(query)).toMatchObject({ columns, order: ['name'], ordering: Object.keys(columns) });
    expect([...conditionsOf(query).keys()]).toEqual(['name']);
  });

  it('refuses a field without column, expression or constant', () => {
    expect(() => defineStage({ ...declaration, constants: {} })).toThrow('CoinTossStage has no column for currency');
  });
});

describe('The entity of a stage kind', () => {
  it('has a constraint on every column that is not nullable', () => {
    const checks = getMetadataArgsStorage().checks.filter(({ target }) => target === CoinTossStage);
    expect(checks).toMatchObject([
      { name: 'ck_stage_coin_toss', expression: `"kind" <> 'coin_toss' OR num_nulls("is_fair", "face") = 0` },
    ]);
  });
});
