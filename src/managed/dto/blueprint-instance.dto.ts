import { describeConstraint } from '../../rest/errors/database-conflict.js';
import { dictionary } from '../../rest/fields/coercions.js';
import { AnswerOf, PatchOf, RequestOf } from '../../rest/fields/derived.js';
import { field, type FieldOptions, type RuleContext } from '../../rest/fields/field.js';
import {
  BooleanField,
  ChoiceField,
  DateTimeField,
  DictionaryField,
  ObjectField,
  TextField,
  TextListField,
  UuidField,
} from '../../rest/fields/fields.js';
import { Check } from '../../rest/fields/read-object.js';
import { uniqueTogether } from '../../rest/fields/rules.js';
import { TextFilter } from '../../rest/list/filters.js';
import { ListOf, ListQuery } from '../../rest/list/list-query.js';
import { anyValue } from '../../rest/openapi/document.js';
import { BlueprintFiles } from '../blueprint-files.js';
import { BlueprintInstance, blueprintStatuses, type BlueprintStatus } from '../blueprint-instance.entity.js';
import { blueprintColumns } from '../blueprint-instance.mapper.js';

describeConstraint('uq_blueprint_instance_name_path', undefined, 'The fields name, path must make a unique set.');

/** A JSON object, of which the reference says no more than that it is a value. */
function MappingField(options: FieldOptions): PropertyDecorator {
  return field(anyValue, dictionary(), options);
}

/** What is told of a blueprint and what can be set. */
class BlueprintInstanceFields {
  @UuidField({ readOnly: true })
  pk!: string;

  @TextField({ required: true })
  name!: string;

  @TextField({
    allowBlank: true,
    default: '',
    description: 'File below the folders of blueprints; what it holds is applied, not `content`.',
    rules: [isKnownFile],
  })
  path!: string;

  @MappingField({ description: 'Put over the context of the blueprint.' })
  context!: Record<string, unknown>;

  @DateTimeField({ readOnly: true })
  last_applied!: Date;

  @TextField({ readOnly: true, description: 'SHA-512 of what has been applied; empty if nothing has.' })
  last_applied_hash!: string;

  @ChoiceField('BlueprintInstanceStatusEnum', blueprintStatuses, { readOnly: true })
  status!: BlueprintStatus;

  @BooleanField({ description: 'One that is not enabled is never applied.' })
  enabled!: boolean;

  @TextListField({ readOnly: true, description: 'Models of the objects that it has written.' })
  managed_models!: string[];

  @MappingField({ readOnly: true, description: 'Name and labels of the blueprint when it was applied.' })
  metadata!: Record<string, unknown>;

  @TextField({
    allowBlank: true,
    verbatim: true,
    description: 'The blueprint itself. It is told to everybody who may view it: keep secrets elsewhere.',
  })
  content!: string;
}

const isOwnPlace = uniqueTogether(() => BlueprintInstance, { name: 'name', path: 'path' });

/** A blueprint that the service knows. */
export class BlueprintInstanceDto extends AnswerOf(BlueprintInstanceFields) {}

/** A blueprint to make known, or to put in the place of another. */
@Check(hasBlueprint)
@Check(hasOwnName)
export class BlueprintInstanceRequestDto extends RequestOf(BlueprintInstanceFields) {}

/** Changes to a blueprint. */
@Check(hasBlueprint)
@Check(hasOwnName)
export class PatchedBlueprintInstanceRequestDto extends PatchOf(BlueprintInstanceRequestDto) {}

async function isKnownFile(path: string, { resolve }: RuleContext): Promise<string[] | undefined> {
  if (path === '' || (await resolve(BlueprintFiles).find(path)) !== undefined) return undefined;
  return ['Blueprint file does not exist'];
}

function hasOwnName(
  { name, path }: Partial<BlueprintInstanceFields>,
  context: RuleContext,
): ReturnType<typeof isOwnPlace> {
  const stored = context.current as BlueprintInstance | undefined;
  return isOwnPlace({ name: name ?? stored?.name, path: path ?? stored?.path ?? '' } as never, context);
}

function hasBlueprint(
  { path, content }: Partial<BlueprintInstanceFields>,
  { current }: RuleContext,
): string | undefined {
  const stored = current as BlueprintInstance | undefined;
  const has = (path ?? stored?.path ?? '') !== '' || (content ?? stored?.content ?? '') !== '';
  return has ? undefined : 'Either path or content must be set.';
}

@ListOf({
  columns: blueprintColumns,
  search: ['instance.name', 'instance.path'],
  order: ['name'],
  ordering: Object.keys(blueprintColumns),
})
export class BlueprintListQuery extends ListQuery {
  @TextFilter({ on: 'instance.name' })
  name?: string;

  @TextFilter({ on: 'instance.path' })
  path?: string;
}

class MetadataFields {
  @TextField({ required: true })
  name!: string;

  @DictionaryField({ required: true })
  labels!: Record<string, unknown>;
}

/** What a blueprint says of itself. */
export class MetadataDto extends AnswerOf(MetadataFields) {}

class BlueprintFileFields {
  @TextField({ required: true })
  path!: string;

  @DateTimeField({ required: true, description: 'When it was last changed.' })
  last_m!: Date;

  @TextField({ required: true, description: 'SHA-512 of what it holds.' })
  hash!: string;

  @ObjectField(MetadataDto)
  meta!: MetadataDto;
}

/** A file of blueprints that there is. */
export class BlueprintFileDto extends AnswerOf(BlueprintFileFields) {}
