import { localPath } from '../../../flow-execution/next-url.js';
import { StageFields } from '../../../flows/dto/stage.dto.js';
import { Flow } from '../../../flows/flow.entity.js';
import { describeConstraint } from '../../../rest/errors/database-conflict.js';
import { BooleanField, ChoiceField, TextField, UuidField } from '../../../rest/fields/fields.js';
import { exists } from '../../../rest/fields/rules.js';
import { type RedirectMode, redirectModes } from '../redirect-stage.entity.js';

describeConstraint('fk_stage_target_flow', 'target_flow', 'The flow has just been deleted.');

/** The fields of a redirect stage. */
export class RedirectStageFields extends StageFields {
  @BooleanField({ description: 'Pass the data of this run on to the target flow.' })
  keep_context!: boolean;

  @ChoiceField('RedirectStageModeEnum', redirectModes, {
    required: true,
    description: 'Whether to redirect to `target_static` or to `target_flow`.',
  })
  mode!: RedirectMode;

  @TextField({
    allowBlank: true,
    description: 'A path of this service.',
    example: '/if/flow/welcome/',
    rules: [isLocalPath],
  })
  target_static!: string;

  @UuidField({ nullable: true, description: 'The flow to continue with.', rules: [exists(() => Flow)] })
  target_flow!: string | null;
}

function isLocalPath(target: string): Promise<string[] | undefined> {
  const isKnown = target === '' || localPath(target) !== undefined;
  return Promise.resolve(isKnown ? undefined : ['Enter a path of this service, such as /if/flow/welcome/.']);
}

/** A request names the target of its mode. */
export function hasTarget(request: Partial<RedirectStageFields>): string | undefined {
  const { mode, target_static = '', target_flow = null } = request;
  if (mode === 'static' && target_static === '') return 'Target URL should be present when mode is Static.';
  if (mode === 'flow' && target_flow === null) return 'Target Flow should be present when mode is Flow.';
  return undefined;
}
