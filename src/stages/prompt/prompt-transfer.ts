import type { ExportPart } from '../../flows/transfer/exporter.service.js';
import type { TransferModel } from '../../flows/transfer/transfer-model.js';
import { everyRow } from '../../rest/access/route-access.js';
import { PatchedPromptRequestDto, PromptRequestDto } from './dto/prompt.dto.js';
import { PromptStageField } from './prompt-stage-field.entity.js';
import { Prompt } from './prompt.entity.js';
import type { PromptService } from './prompt.service.js';

const model = 'authentik_stages_prompt.prompt';

/** Returns how blueprints import and export prompts. */
export function promptTransfer(service: PromptService): TransferModel {
  return {
    model,
    entity: Prompt,
    identifiers: {
      name: { on: 'row.name', type: 'text' },
      field_key: { on: 'row.fieldKey', type: 'text' },
      label: { on: 'row.label', type: 'text' },
      type: { on: 'row.type', type: 'text' },
      order: { on: 'row.order', type: 'integer' },
    },
    naturalKey: 'name',
    request: PromptRequestDto,
    patch: PatchedPromptRequestDto,
    store: service,
    warnings: (request) => {
      const { placeholder_expression: placeholder, initial_value_expression: value } = request as PromptRequestDto;
      return placeholder || value ? ['expressions are not evaluated: the field is shown empty'] : [];
    },
    exported: { identifiers: ['name'], read: (manager, pk) => service.read(manager, pk, everyRow) },
  };
}

/** Exports the prompts of a flow's stages. */
export const promptsOfFlow: ExportPart = {
  model,
  place: 'before stages',
  async keys(manager, { stages }) {
    const prompts = await manager
      .createQueryBuilder(PromptStageField, 'field')
      .innerJoin('field.prompt', 'prompt')
      .select('prompt.pk', 'pk')
      .distinct()
      .addSelect('prompt.name', 'name')
      .where('field.stageId = any(:stages)', { stages })
      .orderBy('prompt.name')
      .getRawMany<{ pk: string }>();
    return prompts.map(({ pk }) => pk);
  },
};
