import { createHash } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';

/** Bytes that all entries may have together, of bodies and of cache keys. */
const maxBytes = 8 * 2 ** 20;

/** Bytes that one entry may have: one long page must not push out all others. */
const maxEntryBytes = maxBytes / 4;

/** The body of a successful response. */
export interface CachedResponse {
  /** Revision of the flow, stage and binding tables (view `current_revision`) that the body was read at. */
  readonly revision: string;
  readonly body: Buffer;
  /** Strong entity tag of the body (RFC 9110, section 8.8.3). */
  readonly tag: string;
}

/** Least recently used cache of response bodies; an entry is valid for one revision. */
@Injectable()
export class ResponseCache {
  private readonly responses = new LRUCache<string, CachedResponse>({
    maxSize: maxBytes,
    maxEntrySize: maxEntryBytes,
    sizeCalculation: ({ body }, key) => body.length + 2 * key.length,
  });

  /** The cached answer, or undefined if there is none for this revision. */
  find(key: string, revision: string): CachedResponse | undefined {
    const response = this.responses.get(key);
    return response?.revision === revision ? response : undefined;
  }

  /**
   * Stores a body, unless it is too large.
   *
   * @param revision the revision before the body was read
   */
  store(key: string, revision: string, body: Buffer): CachedResponse {
    const response = { revision, body, tag: `"${createHash('sha256').update(body).digest('base64url')}"` };
    this.responses.set(key, response);
    return response;
  }
}
