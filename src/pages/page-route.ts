import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route serves pages: errors are answered with pages too (`PageErrors`). */
    isPage?: boolean;
  }
}

/** A route that serves pages to any visitor. */
export function PageRoute(): MethodDecorator {
  return applyDecorators(RouteConfig({ access: { level: 'visitor' }, produces: ['text/html'], isPage: true }));
}
