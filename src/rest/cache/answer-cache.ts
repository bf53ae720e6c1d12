import { createHash } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';

/** Bytes that all entries may have together, of bodies and of cache keys. */
const maxBytes = 8 * 2 ** 20;

/** Bytes that one entry may have: one long page must not push out all others. */
const maxEntryBytes = maxBytes / 4;

/** The body of a successful response. */
export interface Answer {
  /** Revision of the flow, stage and binding tables (view `current_revision`) that the body was read at. */
  readonly revision: string;
  readonly body: Buffer;
  /** Strong entity tag of the body (RFC 9110, section 8.8.3). */
  readonly tag: string;
}

/** Least recently used cache of response bodies; an entry is valid for one revision. */
@Injectable()
export class AnswerCache {
  private readonly answers = new LRUCache<string, Answer>({
    maxSize: maxBytes,
    maxEntrySize: maxEntryBytes,
    sizeCalculation: ({ body }, key) => body.length + 2 * key.length,
  });

  /** The cached answer, or undefined if there is none for this revision. */
  find(key: string, revision: string): Answer | undefined {
    const answer = this.answers.get(key);
    return answer?.revision === revision ? answer : undefined;
  }

  /**
   * Stores a body, unless it is too large.
   *
   * @param revision the revision before the body was read
   */
  store(key: string, revision: string, body: Buffer): Answer {
    const answer = { revision, body, tag: `"${createHash('sha256').update(body).digest('base64url')}"` };
    this.answers.set(key, answer);
    return answer;
  }
}
