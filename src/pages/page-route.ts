import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route shows pages to people: what fails is told as a page too (`PageErrors`). */
    isPage?: boolean;
  }
}

/** A route that shows pages to whoever comes. */
export function PageRoute(): MethodDecorator {
  return applyDecorators(RouteConfig({ access: { level: 'visitor' }, produces: ['text/html'], isPage: true }));
}
