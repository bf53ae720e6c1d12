import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';

import { identify } from '../../database/actor.js';
import { everyRow, type Lookup, type RouteAccess, type VisibleRows } from '../../rest/access/route-access.js';
import { restrict } from '../../rest/access/visible.js';
import { AppError } from '../../rest/errors/app-error.js';
import { parseKey } from '../../rest/fields/key.pipe.js';
import type { Caller } from '../access/caller.js';
import { AuthenticationService } from './authentication.service.js';

/**
 * Authorizes requests by the access that their route declares (management API, sections 0 and 8.2). In this order:
 * authentication, permissions on the model, lookup of the object, permissions on the object.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly authentication: AuthenticationService,
    private readonly dataSource: DataSource,
  ) {}

  /**
   * Accepts bodies above `smallBody` from authenticated callers only, so that anonymous clients cannot fill memory with bodies that
   * are refused later. Call it before routes are registered.
   */
  limitBodies(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', (route) => {
      if (route.config?.access?.level !== 'authenticated') return;
      const takesLargeBody = (request: FastifyRequest): Promise<boolean> => this.isAuthenticated(request);
      route.config = { ...route.config, takesLargeBody };
    });
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { access } = request.routeOptions.config;
    if (access === undefined) throw new Error(`${request.routeOptions.url} does not declare who may call it`);
    await this.authorize(request, access);
    return true;
  }

  /**
   * Sets the caller of the request, the visible rows, and the row of the path if the route looks it up first.
   *
   * @throws AppError `notAuthenticated`, `forbidden`, `notFound`, and those of `AuthenticationService.authenticate`
   */
  async authorize(request: FastifyRequest, access: RouteAccess): Promise<void> {
    if (access.level === 'visitor') return;
    const caller = await this.authentication.authenticate(request);
    if (caller !== undefined) {
      request.caller = caller;
      identify(caller);
    }
    if (access.level === 'public') return;
    if (caller === undefined) throw new AppError(access.lookup === undefined ? 'notAuthenticated' : 'forbidden');
    const isSelf = access.self === true && isOwnAccount(request, access, caller);
    request.visible = isSelf ? { kind: 'keys', keys: [String(caller.pk)] } : visibleRows(caller, access);
    request.revision = caller.revision;
    if (!(access.everywhere ?? []).every((codename) => caller.mayEverywhere(codename))) throw new AppError('forbidden');
    if (access.lookup === undefined || !access.lookupFirst) return;
    const key = await this.lookUp(request, access.lookup, access.owner ?? access.creator);
    if (isSelf || (access.view !== undefined && ownsRow(caller, access, request.current))) return;
    if (!(access.onRow ?? []).every((codename) => caller.mayOn(codename, key))) throw new AppError('forbidden');
  }

  /** Whether the credentials of a request are valid; if not, `authorize` refuses the request. */
  private async isAuthenticated(request: FastifyRequest): Promise<boolean> {
    try {
      return (await this.authentication.authenticate(request)) !== undefined;
    } catch {
      return false;
    }
  }

  private async lookUp(request: FastifyRequest, lookup: Lookup, owner: string | undefined): Promise<string> {
    const { [lookup.parameter]: text = '' } = request.params as Record<string, string>;
    const value = parseKey(lookup.format, text);
    const rows = this.dataSource.manager
      .createQueryBuilder(lookup.entity(), 'row')
      .where(`row.${lookup.property} = :value`, { value });
    const found = await restrict(rows, request.visible ?? everyRow, owner).getOne();
    if (found === null) throw new AppError('notFound');
    request.current = found;
    return String((found as { pk: unknown }).pk);
  }
}

/** Whether the path names the account of the caller. */
function isOwnAccount(request: FastifyRequest, { lookup }: RouteAccess, caller: Caller): boolean {
  const { [lookup?.parameter ?? '']: text } = request.params as Record<string, string>;
  return text === String(caller.pk);
}

function visibleRows(caller: Caller, access: RouteAccess): VisibleRows {
  if (caller.isSuperuser) return everyRow;
  if (access.owner !== undefined && access.view === undefined) return { kind: 'owned', owner: caller.pk };
  if (access.view === undefined) return everyRow;
  const visible = caller.visible(access.view);
  if (access.owner !== undefined && visible.kind === 'keys') {
    return { kind: 'createdOr', creator: caller.pk, keys: visible.keys, among: everyRow };
  }
  // Internal service accounts get an empty list instead of 403.
  const toleratesNothing = caller.type === 'internal_service_account';
  if (visible.kind === 'keys' && visible.keys.length === 0 && !toleratesNothing) throw new AppError('forbidden');
  return access.creator === undefined || access.model === undefined ? visible : caller.visibleSecrets(access.model);
}

/** Whether the caller owns the row of the path. */
function ownsRow(caller: Caller, { owner }: RouteAccess, row: object | undefined): boolean {
  return owner !== undefined && (row as Record<string, unknown> | undefined)?.[owner] === caller.pk;
}
