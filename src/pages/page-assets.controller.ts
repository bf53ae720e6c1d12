import { Controller, Get, NotFoundException, Param, Query, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { assetNames, PageAssets } from './page-assets.js';

/** `/static/pages/`: the styles, the script and the logo of pages. */
@ApiExcludeController()
@Controller('static/pages')
export class PageAssetsController {
  constructor(private readonly assets: PageAssets) {}

  /** The address of each changes with its content (`PageAssets.address`), so browsers need not ask again. */
  @Get(':name')
  @RouteConfig({ access: { level: 'public' } })
  async get(
    @Param('name') wanted: string,
    @Query('v') version: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    const name = assetNames.find((known) => known === wanted);
    const asset = name === undefined ? undefined : await this.assets.find(name);
    if (asset === undefined) throw new NotFoundException();
    void reply.headers({
      'content-type': asset.type,
      'cache-control': version === asset.version ? 'public, max-age=31536000, immutable' : 'no-cache',
      // A logo may be an SVG, which could hold scripts.
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    });
    return asset.content;
  }
}
