import { Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';

import { clientNetwork } from '../../core/limits/client-network.js';
import { AppError } from '../../rest/errors/app-error.js';
import { FeedbackService } from './feedback.service.js';

/**
 * Large bodies at a time whose proof is inside them, or covers them, one of each client network: until they are read, anyone
 * may have sent them.
 */
const mostUnproven = 16;

/**
 * Accepts reports above 64 kB: SendGrid sends events in batches of up to 768 kB
 * (https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event), and a bounce can contain the whole mail.
 */
@Injectable()
export class LargeReports {
  /** Networks that send one. */
  private readonly unproven = new Set<string>();

  constructor(private readonly service: FeedbackService) {}

  /** Limits the bodies of `/mail/feedback/`. Call it before routes are registered. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', (route) => {
      if (!/\/mail\/feedback\/:\w+\/?$/.test(route.url)) return;
      const takesLargeBody = (request: FastifyRequest): Promise<boolean> => Promise.resolve(this.admits(request));
      route.config = { ...route.config, takesLargeBody };
    });
  }

  /** @throws AppError `overloaded` */
  private admits({ params, headers, raw, ip }: FastifyRequest): boolean {
    const { provider = '' } = params as { provider?: string };
    const isProven = this.service.isProven(provider, headers);
    if (isProven !== undefined) return isProven;
    const network = clientNetwork(ip);
    if (this.unproven.has(network) || this.unproven.size >= mostUnproven) throw new AppError('overloaded');
    this.unproven.add(network);
    raw.once('close', () => this.unproven.delete(network));
    return true;
  }
}
