import { setMaxListeners } from 'node:events';

import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { LRUCache } from 'lru-cache';

import { DatabaseClock } from '../../../database/database-clock.js';
import { OutgoingNetworks } from '../../../outgoing/outgoing-networks.js';
import { MailProxy } from '../mail-proxy.js';
import type { TransportSettings } from '../mail-transport.js';
import type { OAuthSettings } from './oauth-settings.js';
import { TokenSource } from './token-source.js';

/** The sources of tokens of this process, one for each account. */
@Injectable()
export class TokenSources implements OnApplicationShutdown {
  private readonly sources = new LRUCache<string, TokenSource>({ max: 100 });
  private readonly stopping = new AbortController();

  constructor(
    private readonly clock: DatabaseClock,
    private readonly networks: OutgoingNetworks,
    private readonly mailProxy: MailProxy,
  ) {
    // One for each request.
    setMaxListeners(0, this.stopping.signal);
  }

  /** Returns the source of a transport's tokens; undefined if it needs none. */
  of({ oauth, isGuarded }: TransportSettings & { readonly oauth?: OAuthSettings }): TokenSource | undefined {
    if (oauth === undefined) return undefined;
    const key = JSON.stringify([oauth, isGuarded]);
    const route = { guard: isGuarded ? this.networks : undefined, proxy: this.mailProxy.proxy };
    const source = this.sources.get(key) ?? new TokenSource(oauth, this.clock, this.stopping.signal, route);
    this.sources.set(key, source);
    return source;
  }

  /** Mails in flight have their tokens by then. */
  onApplicationShutdown(): void {
    this.stopping.abort(new Error('The service is shutting down.'));
  }
}
