import { Controller, Get, Header } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';

import { SigningKeys } from './signing-keys.service.js';

/** `/.well-known/jwks.json`: the public keys of the tokens of verifications. */
@ApiExcludeController()
@Controller('.well-known')
export class JwksController {
  constructor(private readonly keys: SigningKeys) {}

  @Get('jwks.json')
  @RouteConfig({ access: { level: 'visitor' } })
  @Header('cache-control', 'public, max-age=300')
  @Header('access-control-allow-origin', '*')
  published(): ReturnType<SigningKeys['published']> {
    return this.keys.published();
  }
}
