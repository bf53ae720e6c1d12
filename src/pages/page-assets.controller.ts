import { Controller, Get, NotFoundException, Param, Query, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { assetNames, PageAssets } from './page-assets.js';

/** `/static/pages/`: styles, script, font and logo of pages. */
@ApiExcludeController()
@Controller('static/pages')
export class PageAssetsController {
  constructor(private readonly assets: PageAssets) {}

  /** Serves an asset. Its URL contains the version (`PageAssets.address`), so that browsers can cache it. */
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
      // An SVG logo could contain scripts.
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    });
    return asset.content;
  }
}
