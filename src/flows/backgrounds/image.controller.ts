import { fileURLToPath } from 'node:url';

import { applyDecorators, Controller, Get, Header, NotFoundException, Param, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { imageTypes } from '../../syntax/image-kind.js';
import { BackgroundFiles } from './background-files.js';

/** Images of the service, at the paths of the reference's own images. */
const shipped: Readonly<Record<string, string>> = {
  'flow_background.jpg': imageTypes.jpg,
  'user_default.png': imageTypes.png,
};
const shippedFolder = fileURLToPath(new URL('images/', import.meta.url));

/** A public GET of an image. The headers prevent browsers from showing the content as anything but an image. */
function GetImage(path: string): MethodDecorator {
  return applyDecorators(
    Get(path),
    RouteConfig({ access: { level: 'public' } }),
    Header('content-security-policy', "default-src 'none'; sandbox"),
  );
}

/** `/media/public/` and `/static/`: images for the pages of flows. */
@ApiExcludeController()
@Controller()
export class ImageController {
  constructor(private readonly files: BackgroundFiles) {}

  /** Files are immutable: each image has its own name. */
  @GetImage('media/public/flow-backgrounds/:file')
  upload(@Param('file') file: string, @Res() reply: FastifyReply): void {
    const found = this.files.find(file);
    if (found === undefined) throw new NotFoundException();
    void reply.type(imageTypes[found.kind]).sendFile(found.name, found.root, { maxAge: '365d', immutable: true });
  }

  @GetImage('static/dist/assets/images/:file')
  static(@Param('file') file: string, @Res() reply: FastifyReply): void {
    const type = Object.hasOwn(shipped, file) ? shipped[file] : undefined;
    if (type === undefined) throw new NotFoundException();
    void reply.type(type).sendFile(file, shippedFolder, { maxAge: '1d' });
  }
}
