import { setMaxListeners } from 'node:events';

import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { LRUCache } from 'lru-cache';

import { DatabaseClock } from '../../../database/database-clock.js';
import type { OAuthSettings } from './oauth-settings.js';
import { TokenSource } from './token-source.js';

/** The sources of tokens of this process, one for each account. */
@Injectable()
export class TokenSources implements OnApplicationShutdown {
  private readonly sources = new LRUCache<string, TokenSource>({ max: 100 });
  private readonly stopping = new AbortController();

  constructor(private readonly clock: DatabaseClock) {
    // One for each request.
    setMaxListeners(0, this.stopping.signal);
  }

  of(settings: OAuthSettings): TokenSource {
    const key = JSON.stringify(settings);
    const source = this.sources.get(key) ?? new TokenSource(settings, this.clock, this.stopping.signal);
    this.sources.set(key, source);
    return source;
  }

  /** Mails in flight have their tokens by then. */
  onApplicationShutdown(): void {
    this.stopping.abort(new Error('The service is shutting down.'));
  }
}
