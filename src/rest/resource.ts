import {
  applyDecorators,
  Delete,
  Get,
  HttpCode,
  Param,
  Patch,
  Post,
  Put,
  RequestMethod,
  RequestMapping,
  UseInterceptors,
} from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import {
  ApiBody,
  ApiConsumes,
  ApiOperation,
  ApiParam,
  ApiResponse,
  ApiSecurity,
  type ApiResponseOptions,
} from '@nestjs/swagger';

import { codename, type Lookup, type RouteAccess } from './access/route-access.js';
import { CachedResponses } from './cache/cached-responses.js';
import { KeyPipe } from './fields/key.pipe.js';
import { GenericErrorDto, ValidationErrorDto } from './openapi/error.dto.js';
import { Paginated } from './openapi/paginated.js';
import { UsedByDto } from './used-by.js';

type Class = abstract new () => object;

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: RouteAccess;
  }
}

/** The declaration of a resource, shared by all its routes. */
export interface ResourceDeclaration {
  /** Prefix of the operation ids: `stages_email`. */
  readonly operations: string;
  /** authentik's name of the model: `authentik_stages_email.emailstage`. Permissions are derived from it. */
  readonly model: string;
  /** Noun for the documentation: `email stage`. */
  readonly noun: string;
  readonly response: Class;
  readonly lookup: Lookup;
  /** Callers other than superusers access the rows that they own, by this property, without a permission. */
  readonly owner?: string;
  /** Callers access the rows that they own, by this property, and those for which they have the permission. */
  readonly ownerOrPermitted?: string;
  /**
   * The key of a row is a secret: callers access the rows that they created, by this property, and those that they may
   * change or delete.
   */
  readonly creator?: string;
  /**
   * Caches responses. The representation of a row must depend only on the tables of the view `current_revision`, not on
   * the time or the caller.
   */
  readonly cached?: boolean;
  /** A change can name the version that it is based on: it is refused with 409 if another one is stored. */
  readonly hasVersions?: boolean;
}

/** A route other than the seven standard ones. */
export interface ActionDeclaration {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly operation: string;
  readonly description: string;
  readonly access: RouteAccess;
  readonly responses: readonly ApiResponseOptions[];
  /** Status of success; 200 by default. */
  readonly status?: number;
  /** Form with a file: its schema, and the maximum size of the file in bytes. */
  readonly form?: { readonly type: Class; readonly largestFile: number };
  /** Media type of a response that ends with its client. */
  readonly streams?: string;
  /** Media type that the response can have in place of JSON, if the client asks for it. */
  readonly alsoAs?: string;
}

/** What the requests and responses of a route consist of, other than JSON. */
type RouteMedia = Pick<ActionDeclaration, 'form' | 'streams' | 'alsoAs'>;

/** An action on one row. */
export interface DetailActionDeclaration extends Omit<ActionDeclaration, 'access'> {
  readonly permissions: readonly string[];
  /** Callers need no permission for their own account. */
  readonly self?: boolean;
  readonly everywhere?: readonly string[];
}

/** Route decorators of a resource: method and path, documentation and access. */
export class Resource {
  constructor(private readonly declaration: ResourceDeclaration) {}

  /** `GET /`: a page of the list. */
  list(): MethodDecorator {
    const { response, noun } = this.declaration;
    const { lookup: _, ...access } = this.onRows();
    const responses = [{ status: 200, type: Paginated(response) }, invalid, denied, missing];
    return this.maybeCached(this.route(Get(), 'list', `List every ${noun} that you may see.`, access, responses));
  }

  /** `POST /` */
  create(): MethodDecorator {
    const { response, noun, owner } = this.declaration;
    const access = this.access(owner === undefined ? { everywhere: [this.permission('add')] } : {});
    return applyDecorators(
      HttpCode(201),
      this.route(Post(), 'create', `Create one ${noun}.`, access, [{ status: 201, type: response }, invalid, denied]),
    );
  }

  /** `GET /{key}/` */
  retrieve(): MethodDecorator {
    const { response, noun } = this.declaration;
    const responses = [{ status: 200, type: response }, invalid];
    return this.maybeCached(this.detail(Get, '', 'retrieve', `Get one ${noun}.`, this.onRows(), responses));
  }

  /** `PUT /{key}/`: required fields must be given; fields left out keep their value. */
  replace(): MethodDecorator {
    const { response, noun } = this.declaration;
    const description = `Change one ${noun}. Omitted fields keep their values.`;
    const responses = [{ status: 200, type: response }, invalid, ...this.conflicts()];
    return this.detail(Put, '', 'update', description, this.change('change'), responses);
  }

  /** `PATCH /{key}/` */
  update(): MethodDecorator {
    const { response, noun } = this.declaration;
    const description = `Change parts of one ${noun}.`;
    const responses = [{ status: 200, type: response }, invalid, ...this.conflicts()];
    return this.detail(Patch, '', 'partial_update', description, this.change('change'), responses);
  }

  /** `DELETE /{key}/` */
  remove(): MethodDecorator {
    const { noun } = this.declaration;
    const responses = [{ status: 204, description: 'No response body' }, invalid];
    return applyDecorators(
      HttpCode(204),
      this.detail(Delete, '', 'destroy', `Delete one ${noun}.`, this.change('delete'), responses),
    );
  }

  /** `GET /{key}/used_by/` */
  usedBy(): MethodDecorator {
    const responses = [{ status: 200, type: UsedByDto, isArray: true }, invalid];
    const description = `List what refers to one ${this.declaration.noun}.`;
    return this.detail(Get, 'used_by', 'used_by_list', description, this.onRows(), responses);
  }

  /**
   * An action on one row. `permissions` are required on the row, those in `everywhere` globally; the row is looked up before
   * the body is parsed.
   */
  detailAction({ permissions, everywhere, self, ...action }: DetailActionDeclaration): MethodDecorator {
    const method = { GET: Get, POST: Post, PUT: Put, PATCH: Patch, DELETE: Delete }[action.method];
    const lookup = { ...this.rows(), lookupFirst: true, onRow: permissions, ...(self === true && { self }) };
    const access = this.access(everywhere === undefined ? lookup : { ...lookup, everywhere });
    return applyDecorators(
      HttpCode(action.status ?? 200),
      this.detail(method, action.path, action.operation, action.description, access, action.responses, action),
    );
  }

  /** An action on the collection. */
  collectionAction(action: ActionDeclaration): MethodDecorator {
    return Action({ ...action, operation: `${this.declaration.operations}_${action.operation}` });
  }

  /** Parameter decorator: the key in the path, validated and normalized. */
  key(): ParameterDecorator {
    const { parameter, format } = this.declaration.lookup;
    return Param(parameter, new KeyPipe(format));
  }

  permission(action: string): string {
    return codename(this.declaration.model, action);
  }

  private maybeCached(route: MethodDecorator): MethodDecorator {
    return this.declaration.cached ? applyDecorators(UseInterceptors(CachedResponses), route) : route;
  }

  private access(more: Partial<RouteAccess>): RouteAccess {
    return { level: 'authenticated', model: this.declaration.model, ...more };
  }

  private conflicts(): ApiResponseOptions[] {
    return this.declaration.hasVersions === true ? [conflict] : [];
  }

  private rows(): Partial<RouteAccess> {
    const { owner, ownerOrPermitted, creator, lookup } = this.declaration;
    if (owner !== undefined) return { owner, lookup };
    if (ownerOrPermitted !== undefined) return { owner: ownerOrPermitted, view: this.permission('view'), lookup };
    return { view: this.permission('view'), lookup, ...(creator !== undefined && { creator }) };
  }

  private onRows(): RouteAccess {
    return this.access(this.rows());
  }

  private change(action: string): RouteAccess {
    const onRow = this.declaration.owner === undefined ? [this.permission(action)] : [];
    return this.access({ ...this.rows(), lookupFirst: true, onRow });
  }

  private detail(
    method: (path: string) => MethodDecorator,
    path: string,
    operation: string,
    description: string,
    access: RouteAccess,
    responses: readonly ApiResponseOptions[],
    media: RouteMedia = {},
  ): MethodDecorator {
    const { parameter, format, description: about } = this.declaration.lookup;
    const schema = format === 'uuid' ? { type: 'string', format } : { type: format === 'text' ? 'string' : format };
    const suffix = path === '' ? '' : `/${path}`;
    return applyDecorators(
      ApiParam({ name: parameter, schema, ...(about !== undefined && { description: about }) }),
      this.route(method(`:${parameter}${suffix}`), operation, description, access, withDefaults(responses), media),
    );
  }

  private route(
    method: MethodDecorator,
    operation: string,
    description: string,
    access: RouteAccess,
    responses: readonly ApiResponseOptions[],
    media: RouteMedia = {},
  ): MethodDecorator {
    return documented(method, `${this.declaration.operations}_${operation}`, description, access, responses, media);
  }
}

/** A route decorator for routes that belong to no resource. */
export function Action(action: ActionDeclaration): MethodDecorator {
  const method = RequestMapping({ method: RequestMethod[action.method], path: action.path });
  const responses = withDefaults(action.responses, [invalid, denied]);
  return applyDecorators(
    HttpCode(action.status ?? 200),
    documented(method, action.operation, action.description, action.access, responses, action),
  );
}

const invalid: ApiResponseOptions = { status: 400, type: ValidationErrorDto };
const denied: ApiResponseOptions = { status: 403, type: GenericErrorDto };
const conflict: ApiResponseOptions = { status: 409, type: GenericErrorDto };
const missing: ApiResponseOptions = { status: 404, type: GenericErrorDto };

/** Adds the default responses that the route does not declare itself. */
function withDefaults(
  responses: readonly ApiResponseOptions[],
  defaults = [invalid, denied, missing],
): readonly ApiResponseOptions[] {
  const declared = responses.map(({ status }) => status);
  return [...responses, ...defaults.filter(({ status }) => !declared.includes(status))];
}

function documented(
  method: MethodDecorator,
  operationId: string,
  description: string,
  access: RouteAccess,
  responses: readonly ApiResponseOptions[],
  { form, streams, alsoAs }: RouteMedia,
): MethodDecorator {
  const stream = {
    ...(streams !== undefined && { produces: [streams], isStream: true }),
    ...(alsoAs !== undefined && { produces: ['application/json', alsoAs] }),
  };
  return applyDecorators(
    method,
    RouteConfig({ access, ...(form && { largestFile: form.largestFile }), ...stream }),
    ...(form ? [ApiConsumes('multipart/form-data'), ApiBody({ type: form.type, required: false })] : []),
    ApiOperation({ operationId, description }),
    ApiSecurity('authentik'),
    ...(access.level === 'authenticated' ? [] : [ApiSecurity({})]),
    ...responses.map((response) => ApiResponse({ description: '', ...response })),
  );
}
