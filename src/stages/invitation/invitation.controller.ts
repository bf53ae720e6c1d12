import { Body, Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { CurrentCaller } from '../../core/access/access.guard.js';
import { Caller } from '../../core/access/caller.js';
import type { VisibleRows } from '../../rest/access/route-access.js';
import { Current, Visible } from '../../rest/access/visible.js';
import type { Page } from '../../rest/list/page.js';
import type { UsedByDto } from '../../rest/used-by.js';
import { InvitationListQuery } from './dto/invitation-list.query.js';
import { InvitationDto, InvitationRequestDto, PatchedInvitationRequestDto } from './dto/invitation.dto.js';
import { Invitation } from './invitation.entity.js';
import { invitations } from './invitation.resource.js';
import { InvitationService } from './invitation.service.js';

/** `/stages/invitation/invitations/` */
@ApiTags('stages')
@Controller('stages/invitation/invitations')
export class InvitationController {
  constructor(private readonly service: InvitationService) {}

  @invitations.list()
  list(
    @Query() query: InvitationListQuery,
    @Visible() visible: VisibleRows,
    @CurrentCaller() caller: Caller,
  ): Promise<Page<InvitationDto>> {
    return this.service.list(query, visible, caller.knownUsers);
  }

  @invitations.create()
  create(@Body() request: InvitationRequestDto, @CurrentCaller() caller: Caller): Promise<InvitationDto> {
    return this.service.create(request, caller);
  }

  @invitations.retrieve()
  get(
    @invitations.key() pk: string,
    @Visible() visible: VisibleRows,
    @CurrentCaller() caller: Caller,
  ): Promise<InvitationDto> {
    return this.service.get(pk, visible, caller.knownUsers);
  }

  @invitations.replace()
  replace(
    @Current() invitation: Invitation,
    @Body() request: InvitationRequestDto,
    @CurrentCaller() caller: Caller,
  ): Promise<InvitationDto> {
    return this.service.update(invitation, request, caller.knownUsers);
  }

  @invitations.update()
  update(
    @Current() invitation: Invitation,
    @Body() request: PatchedInvitationRequestDto,
    @CurrentCaller() caller: Caller,
  ): Promise<InvitationDto> {
    return this.service.update(invitation, request, caller.knownUsers);
  }

  @invitations.remove()
  remove(@Current() invitation: Invitation): Promise<void> {
    return this.service.remove(invitation);
  }

  /** Always empty: nothing refers to an invitation. */
  @invitations.usedBy()
  async usedBy(@invitations.key() pk: string, @Visible() visible: VisibleRows): Promise<UsedByDto[]> {
    await this.service.get(pk, visible, []);
    return [];
  }
}
