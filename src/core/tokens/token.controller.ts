import { Body, Controller, Ip, Query } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';

import type { VisibleRows } from '../../rest/access/route-access.js';
import { Current, Visible } from '../../rest/access/visible.js';
import type { RequestBody } from '../../rest/http/request-body.js';
import type { Page } from '../../rest/list/page.js';
import { Resource } from '../../rest/resource.js';
import type { UsedByDto } from '../../rest/used-by.js';
import { Caller } from '../access/caller.js';
import { CurrentCaller } from '../access/current-caller.js';
import { TokenListQuery } from './dto/token-list.query.js';
import {
  PatchedTokenRequestDto,
  TokenDto,
  tokenKeyIn,
  TokenRequestDto,
  TokenSetKeyRequestDto,
  TokenViewDto,
} from './dto/token.dto.js';
import { Token } from './token.entity.js';
import { TokenService } from './token.service.js';

const tokens = new Resource({
  operations: 'core_tokens',
  model: 'authentik_core.token',
  noun: 'token',
  response: TokenDto,
  lookup: {
    entity: () => Token,
    parameter: 'identifier',
    property: 'identifier',
    format: 'text',
    description: 'Identifier of the token.',
  },
  owner: 'userId',
});

/** `/core/tokens/` */
@ApiTags('core')
@Controller('core/tokens')
export class TokenController {
  constructor(private readonly service: TokenService) {}

  @tokens.list()
  list(@Query() query: TokenListQuery, @Visible() visible: VisibleRows): Promise<Page<TokenDto>> {
    return this.service.list(query, visible);
  }

  @tokens.create()
  create(@Body() request: TokenRequestDto, @CurrentCaller() caller: Caller): Promise<TokenDto> {
    return this.service.create(request, caller);
  }

  @tokens.retrieve()
  get(@tokens.key() identifier: string, @Visible() visible: VisibleRows): Promise<TokenDto> {
    return this.service.get(identifier, visible);
  }

  @tokens.replace()
  replace(
    @Current() token: Token,
    @Body() request: TokenRequestDto,
    @CurrentCaller() caller: Caller,
  ): Promise<TokenDto> {
    return this.service.update(token, request, caller);
  }

  @tokens.update()
  update(
    @Current() token: Token,
    @Body() request: PatchedTokenRequestDto,
    @CurrentCaller() caller: Caller,
  ): Promise<TokenDto> {
    return this.service.update(token, request, caller);
  }

  @tokens.remove()
  remove(@Current() token: Token, @CurrentCaller() caller: Caller): Promise<void> {
    return this.service.remove(token, caller);
  }

  @tokens.detailAction({
    method: 'GET',
    path: 'view_key',
    operation: 'view_key_retrieve',
    description: 'Get the key of a token.',
    permissions: ['authentik_core.view_token_key'],
    responses: [
      { status: 200, type: TokenViewDto },
      { status: 404, description: 'Token not found.' },
    ],
  })
  async viewKey(
    @Current() token: Token,
    @CurrentCaller() caller: Caller,
    @Ip() clientIp: string,
  ): Promise<TokenViewDto> {
    return { key: await this.service.viewKey(token, caller, clientIp) };
  }

  @tokens.detailAction({
    method: 'POST',
    path: 'set_key',
    operation: 'set_key_create',
    description: 'Replace the key of a token.',
    status: 204,
    permissions: ['authentik_core.set_token_key'],
    responses: [
      { status: 204, description: 'Key replaced.' },
      { status: 400, description: 'The key is missing or shorter than 32 characters.' },
      { status: 404, description: 'Token not found.' },
    ],
  })
  @ApiBody({ type: TokenSetKeyRequestDto })
  setKey(
    @Current() token: Token,
    @Body() body: unknown,
    @CurrentCaller() caller: Caller,
    @Ip() clientIp: string,
  ): Promise<void> {
    return this.service.setKey(token, tokenKeyIn((body as RequestBody).json()), caller, clientIp);
  }

  /** No object refers to a token. */
  @tokens.usedBy()
  async usedBy(@tokens.key() identifier: string, @Visible() visible: VisibleRows): Promise<UsedByDto[]> {
    await this.service.get(identifier, visible);
    return [];
  }
}
