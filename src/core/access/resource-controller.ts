import { Body, Query } from '@nestjs/common';

import type { VisibleRows } from '../../rest/access/route-access.js';
import { Current, Visible } from '../../rest/access/visible.js';
import type { ListQuery } from '../../rest/list/list-query.js';
import type { Page } from '../../rest/list/page.js';
import type { Resource } from '../../rest/resource.js';
import { readUsedBy, type Reference, type UsedByDto } from '../../rest/used-by.js';
import type { Caller } from './caller.js';
import { CurrentCaller } from './current-caller.js';

type Class<T> = new () => T;

/** What the seven standard routes of a resource call. */
interface ResourceService<Row, Dto, Request> {
  list(query: ListQuery, visible: VisibleRows, caller: Caller): Promise<Page<Dto>>;
  create(request: Request, caller: Caller): Promise<Dto>;
  /** @throws AppError `notFound` */
  get(pk: string, visible: VisibleRows, caller: Caller): Promise<Dto>;
  /** Changes the given fields only, for PUT and PATCH alike. */
  update(row: Row, request: Request | Partial<Request>, caller: Caller): Promise<Dto>;
  remove(row: Row): Promise<void>;
  /** @throws AppError `notFound` */
  references(pk: string, visible: VisibleRows, caller: Caller): Promise<readonly Reference[]>;
}

/** The DTO classes of a resource's standard routes. */
export interface ResourceTypes<Request> {
  readonly query: Class<ListQuery>;
  readonly request: Class<Request>;
  readonly patch: Class<Partial<Request>>;
}

/** A controller with the standard routes; a subclass adds the path, the service and routes of its own. */
export type StandardRoutes<Row, Dto, Request> = new (service: ResourceService<Row, Dto, Request>) => object;

/**
 * Returns a base class for controllers with the standard routes of a resource: list, create, retrieve, replace, update,
 * remove and used_by. Subclass it with `@Controller(path)` and a constructor that injects the service.
 */
export function ResourceController<Row, Dto, Request>(
  resource: Resource,
  types: ResourceTypes<Request>,
): StandardRoutes<Row, Dto, Request> {
  class Routes {
    constructor(private readonly service: ResourceService<Row, Dto, Request>) {}

    @resource.list()
    @ParameterTypes(types.query, Object, Object)
    list(
      @Query() query: ListQuery,
      @Visible() visible: VisibleRows,
      @CurrentCaller() caller: Caller,
    ): Promise<Page<Dto>> {
      return this.service.list(query, visible, caller);
    }

    @resource.create()
    @ParameterTypes(types.request, Object)
    create(@Body() request: Request, @CurrentCaller() caller: Caller): Promise<Dto> {
      return this.service.create(request, caller);
    }

    @resource.retrieve()
    get(@resource.key() pk: string, @Visible() visible: VisibleRows, @CurrentCaller() caller: Caller): Promise<Dto> {
      return this.service.get(pk, visible, caller);
    }

    @resource.replace()
    @ParameterTypes(Object, types.request, Object)
    replace(@Current() row: Row, @Body() request: Request, @CurrentCaller() caller: Caller): Promise<Dto> {
      return this.service.update(row, request, caller);
    }

    @resource.update()
    @ParameterTypes(Object, types.patch, Object)
    update(@Current() row: Row, @Body() request: Partial<Request>, @CurrentCaller() caller: Caller): Promise<Dto> {
      return this.service.update(row, request, caller);
    }

    @resource.remove()
    remove(@Current() row: Row): Promise<void> {
      return this.service.remove(row);
    }

    @resource.usedBy()
    async usedBy(
      @resource.key() pk: string,
      @Visible() visible: VisibleRows,
      @CurrentCaller() caller: Caller,
    ): Promise<UsedByDto[]> {
      return readUsedBy(await this.service.references(pk, visible, caller), caller);
    }
  }
  return Routes;
}

/**
 * Sets the parameter types of a method. TypeScript records them for classes that are named in the code; here they are
 * arguments of a function. The request pipe and the OpenAPI document read them.
 */
function ParameterTypes(...types: object[]): MethodDecorator {
  return Reflect.metadata('design:paramtypes', types);
}
