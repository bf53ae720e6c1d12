import type { StageDto, StageFields } from '../flows/dto/stage.dto.js';
import { ResponseOf, PatchOf, RequestOf } from '../rest/fields/derived.js';
import { Check } from '../rest/fields/read-object.js';

type Class<T> = new () => T;

/** The DTOs of a kind of stage. */
interface StageTypes<Fields> {
  readonly response: Class<Fields>;
  readonly request: Class<Fields>;
  readonly patch: Class<Partial<Fields>>;
}

/**
 * Derives the DTOs of a kind of stage from its fields, for kinds that name their DTOs nowhere else. In the OpenAPI document
 * they are `RedirectStage`, `RedirectStageRequest` and `PatchedRedirectStageRequest`.
 *
 * @param check rule over several fields of a request
 */
export function stageTypes<Fields extends StageFields & StageDto>(
  kind: string,
  fields: Class<Fields>,
  check?: Check<Partial<Fields>>,
): StageTypes<Fields> {
  const name = `${kind.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())}Stage`;
  const request = RequestOf(fields);
  const types = { response: ResponseOf(fields), request, patch: PatchOf(request) };
  if (check !== undefined) for (const type of [types.request, types.patch]) Check(check)(type);
  rename(types.response, `${name}Dto`);
  rename(types.request, `${name}RequestDto`);
  rename(types.patch, `Patched${name}RequestDto`);
  return types;
}

function rename(type: Class<unknown>, name: string): void {
  Object.defineProperty(type, 'name', { value: name });
}
