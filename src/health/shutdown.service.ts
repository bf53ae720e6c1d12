import { Injectable } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';

/** Whether the process is shutting down. Until it stops listening, it still answers requests. */
@Injectable()
export class Shutdown {
  private hasBegun = false;

  get isUnderWay(): boolean {
    return this.hasBegun;
  }

  /** Makes readiness fail, and closes each connection after its next response. */
  begin(): void {
    this.hasBegun = true;
  }

  /** Announces the end of each connection to its client, which then sends no request that would be lost. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onSend', (_request, reply, _payload, done) => {
      if (this.hasBegun) reply.header('connection', 'close');
      done();
    });
  }
}
