import { describeConstraint } from '../../rest/errors/database-conflict.js';
import { dictionary } from '../../rest/fields/coercions.js';
import { ResponseOf, PatchOf, RequestOf } from '../../rest/fields/derived.js';
import { DefaultsOf } from '../../rest/fields/document-defaults.js';
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

/** A JSON object; authentik's schema declares it as any value. */
function MappingField(options: FieldOptions): PropertyDecorator {
  return field(anyValue, dictionary(), options);
}

/** Request and response fields. */
class BlueprintInstanceFields {
  @UuidField({ readOnly: true, description: 'UUID of the blueprint.' })
  pk!: string;

  @TextField({ required: true, description: 'Unique name.', example: 'Sign-up flow' })
  name!: string;

  @TextField({
    allowBlank: true,
    default: '',
    description: 'File in a blueprint folder; takes precedence over `content`.',
    rules: [isExistingFile],
  })
  path!: string;

  @MappingField({ description: "Overrides values of the blueprint's own context." })
  context!: Record<string, unknown>;

  @DateTimeField({ readOnly: true, description: 'When it was applied last.' })
  last_applied!: Date;

  @TextField({
    readOnly: true,
    description: 'SHA-512 of the text that was last applied; empty if never applied.',
    example: '9b74c9897bac770ffc029102a200c5de',
  })
  last_applied_hash!: string;

  @ChoiceField('BlueprintInstanceStatusEnum', blueprintStatuses, {
    readOnly: true,
    description: 'Result of the last application.',
  })
  status!: BlueprintStatus;

  @BooleanField({ description: 'Disabled blueprints are never applied.' })
  enabled!: boolean;

  @TextListField({ readOnly: true, description: 'Models of the objects it has written.' })
  managed_models!: string[];

  @MappingField({ readOnly: true, description: 'Name and labels of the blueprint when it was last applied.' })
  metadata!: Record<string, unknown>;

  @TextField({
    allowBlank: true,
    verbatim: true,
    description: 'The blueprint itself. Visible to everyone with view permission; do not put secrets here.',
    example: 'version: 1\nmetadata:\n  name: Sign-up flow\nentries: []\n',
  })
  content!: string;
}

const isUnique = uniqueTogether(() => BlueprintInstance, { name: 'name', path: 'path' });

/** A registered blueprint. */
export class BlueprintInstanceDto extends ResponseOf(BlueprintInstanceFields) {}

/** A blueprint to register or replace. */
@Check(hasPathOrContent)
@Check(hasUniqueName)
@DefaultsOf(BlueprintInstance)
export class BlueprintInstanceRequestDto extends RequestOf(BlueprintInstanceFields) {}

/** Changes to a blueprint. */
@Check(hasPathOrContent)
@Check(hasUniqueName)
export class PatchedBlueprintInstanceRequestDto extends PatchOf(BlueprintInstanceRequestDto) {}

async function isExistingFile(path: string, { resolve }: RuleContext): Promise<string[] | undefined> {
  if (path === '' || (await resolve(BlueprintFiles).find(path)) !== undefined) return undefined;
  return ['Blueprint file does not exist'];
}

function hasUniqueName(
  { name, path }: Partial<BlueprintInstanceFields>,
  context: RuleContext,
): ReturnType<typeof isUnique> {
  const stored = context.current as BlueprintInstance | undefined;
  return isUnique({ name: name ?? stored?.name, path: path ?? stored?.path ?? '' } as never, context);
}

function hasPathOrContent(
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
  @TextField({ required: true, description: 'Name in the file.', example: 'Default - Recovery flow' })
  name!: string;

  @DictionaryField({ required: true, description: 'Labels in the file.' })
  labels!: Record<string, unknown>;
}

/** Metadata of a blueprint file. */
export class MetadataDto extends ResponseOf(MetadataFields) {}

class BlueprintFileFields {
  @TextField({
    required: true,
    description: 'Path below the folder of blueprints.',
    example: 'default/flow-default-recovery-flow.yaml',
  })
  path!: string;

  @DateTimeField({ required: true, description: 'Time of the last change.' })
  last_m!: Date;

  @TextField({ required: true, description: 'SHA-512 of the content.', example: '9b74c9897bac770ffc029102a200c5de' })
  hash!: string;

  @ObjectField(MetadataDto, { description: 'Metadata in the file.' })
  meta!: MetadataDto;
}

/** A blueprint file. */
export class BlueprintFileDto extends ResponseOf(BlueprintFileFields) {}
