import { readFileSync } from 'node:fs';

import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';

type Json = Record<string, unknown>;

interface Operation {
  readonly responses: Record<string, { content?: Record<string, { schema: Json }> }>;
}

const document = parse(readFileSync(new URL('../../schema.yml', import.meta.url), 'utf8')) as {
  paths: Record<string, Record<string, Operation>>;
  'x-webhooks': Record<string, { post: { requestBody: { content: { 'application/json': { schema: Json } } } } }>;
  components: { schemas: Record<string, Json> };
};

const ajv = new Ajv({ strict: false, allErrors: true });
addFormats.default(ajv);
// authentik's document declares the format `email` for a field that may also be empty.
ajv.addFormat('email', (value) => value === '' || /^[^@\s]+@[^@\s]+$/.test(value));
ajv.addSchema({ $id: 'document', components: strict(document.components) as Json });

const routes = Object.entries(document.paths).flatMap(([path, operations]) =>
  Object.entries(operations).map(([method, operation]) => ({ method, pattern: patternOf(path), operation })),
);
const validators = new Map<Operation, Map<number, ValidateFunction | undefined>>();

/** Validates a response against `schema.yml`. @throws if its status or body is not declared */
export function checkAgainstDocument(
  method: string,
  path: string,
  response: { status: number; headers: Headers; body: unknown },
): void {
  const [pathname = ''] = path.split('?');
  const operationMethod = method === 'HEAD' ? 'get' : method.toLowerCase();
  const known = routes.filter(({ pattern }) => pattern.test(pathname));
  const route = known.find((candidate) => candidate.method === operationMethod);
  if (route === undefined) return;
  const where = `${method} ${path} answered ${response.status}`;
  // Declared once for the whole API, because requests are refused before they reach the operation.
  if ([406, 413, 415, 500, 503].includes(response.status)) return;
  const declared = route.operation.responses[String(response.status)];
  if (declared === undefined)
    throw new Error(`${where}, which the document does not declare: ${excerpt(response.body)}`);
  const schema = declared.content?.['application/json']?.schema;
  if (schema === undefined || method === 'HEAD') return;
  if (response.body === undefined) throw new Error(`${where} without the declared body`);
  const validate = validatorOf(route.operation, response.status, schema);
  if (!validate(response.body)) {
    throw new Error(
      `${where} with a body that the document does not allow: ${ajv.errorsText(validate.errors)}\n${excerpt(response.body)}`,
    );
  }
}

const events = new Map<string, ValidateFunction>();

/** Validates an event for other systems against `x-webhooks` of `schema.yml`. @throws if it does not match */
export function checkEvent(event: { readonly type: string }): void {
  const schema = document['x-webhooks'][event.type]?.post.requestBody.content['application/json'].schema;
  if (schema === undefined) throw new Error(`the document does not declare the event ${event.type}`);
  const validate = events.get(event.type) ?? ajv.compile(strict(schema) as Json);
  events.set(event.type, validate);
  if (!validate(event)) {
    throw new Error(`the document does not allow an event: ${ajv.errorsText(validate.errors)}\n${excerpt(event)}`);
  }
}

function validatorOf(operation: Operation, status: number, schema: Json): ValidateFunction {
  const byStatus = validators.get(operation) ?? new Map<number, ValidateFunction | undefined>();
  validators.set(operation, byStatus);
  const validate = byStatus.get(status) ?? ajv.compile(strict(schema) as Json);
  byStatus.set(status, validate);
  return validate;
}

function patternOf(path: string): RegExp {
  const escaped = path.replace(/\/$/, '').replace(/\{[^}]+\}/g, '[^/]+');
  return new RegExp(`^${escaped}/?$`);
}

/** Converts OpenAPI 3.0 to JSON Schema in which objects have no additional properties by default. */
function strict(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strict);
  if (typeof value !== 'object' || value === null) return value;
  // Without the discriminator, exactly one member of a union must match: generated clients ignore it as well.
  const { nullable, $ref, discriminator: _, ...rest } = value as Json;
  if (typeof $ref === 'string') return { $ref: `document${$ref}` };
  const converted: Json = Object.fromEntries(Object.entries(rest).map(([key, child]) => [key, strict(child)]));
  if ('properties' in converted && !('additionalProperties' in converted)) converted['additionalProperties'] = false;
  return nullable === true ? { anyOf: [converted, { type: 'null' }] } : converted;
}

function excerpt(body: unknown): string {
  return JSON.stringify(body)?.slice(0, 2000) ?? '';
}
