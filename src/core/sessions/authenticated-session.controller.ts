import { Controller, Ip, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import type { VisibleRows } from '../../rest/access/route-access.js';
import { Current, Visible } from '../../rest/access/visible.js';
import type { Page } from '../../rest/list/page.js';
import { Resource } from '../../rest/resource.js';
import type { UsedByDto } from '../../rest/used-by.js';
import { Caller } from '../access/caller.js';
import { CurrentCaller } from '../access/current-caller.js';
import { AuthenticatedSessionDto, AuthenticatedSessionListQuery } from './authenticated-session.dto.js';
import { AuthenticatedSessionService } from './authenticated-session.service.js';
import { Session } from './session.entity.js';

const sessions = new Resource({
  operations: 'core_authenticated_sessions',
  model: 'authentik_core.authenticatedsession',
  noun: 'session',
  response: AuthenticatedSessionDto,
  lookup: {
    entity: () => Session,
    parameter: 'uuid',
    property: 'pk',
    format: 'uuid',
    description: 'UUID of the session.',
  },
  ownerOrPermitted: 'userId',
});

/** `/core/authenticated_sessions/` */
@ApiTags('core')
@Controller('core/authenticated_sessions')
export class AuthenticatedSessionController {
  constructor(private readonly service: AuthenticatedSessionService) {}

  @sessions.list()
  list(
    @Query() query: AuthenticatedSessionListQuery,
    @Visible() visible: VisibleRows,
    @CurrentCaller() caller: Caller,
  ): Promise<Page<AuthenticatedSessionDto>> {
    return this.service.list(query, visible, caller);
  }

  @sessions.retrieve()
  get(
    @sessions.key() uuid: string,
    @Visible() visible: VisibleRows,
    @CurrentCaller() caller: Caller,
  ): Promise<AuthenticatedSessionDto> {
    return this.service.get(uuid, visible, caller);
  }

  @sessions.remove()
  end(@Current() session: Session, @CurrentCaller() caller: Caller, @Ip() clientIp: string): Promise<void> {
    return this.service.end(session, caller, clientIp);
  }

  /** No object refers to a session. */
  @sessions.usedBy()
  async usedBy(
    @sessions.key() uuid: string,
    @Visible() visible: VisibleRows,
    @CurrentCaller() caller: Caller,
  ): Promise<UsedByDto[]> {
    await this.service.get(uuid, visible, caller);
    return [];
  }
}
