import { X509Certificate } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';

import { RequestFailedError, sendRequest } from '../../../outgoing/http-request.js';
import { OutgoingNetworks } from '../../../outgoing/outgoing-networks.js';
import { AppError } from '../../../rest/errors/app-error.js';
import { MailProxy } from '../../transport/mail-proxy.js';

/** Milliseconds for a response. Amazon SNS waits 15 seconds for ours. */
const timeoutMs = 10_000;

/** Requests at a time: anyone can ask for a certificate. */
const mostRequests = 4;

/** Asks the servers of Amazon SNS, through the guard of outgoing requests. */
@Injectable()
export class SnsHost {
  private readonly certificates = new LRUCache<string, X509Certificate>({ max: 10, ttl: 3_600_000 });
  private requests = 0;

  constructor(
    private readonly guard: OutgoingNetworks,
    private readonly mailProxy: MailProxy,
  ) {}

  /**
   * Returns a certificate, which is kept for an hour.
   *
   * @throws AppError `providerUnavailable`, `overloaded`
   */
  async certificate(url: URL): Promise<X509Certificate> {
    const kept = this.certificates.get(url.href);
    if (kept !== undefined) return kept;
    const certificate = certificateIn(await this.get(url));
    this.certificates.set(url.href, certificate);
    return certificate;
  }

  /**
   * Returns the body of a response of the status 200.
   *
   * @throws AppError `providerUnavailable`, `overloaded`
   */
  async get(url: URL): Promise<string> {
    if (this.requests >= mostRequests) throw new AppError('overloaded');
    this.requests += 1;
    try {
      const { signal } = new AbortController();
      const limits = { timeoutMs, signal, guard: this.guard, proxy: this.mailProxy.proxy };
      const { status, body } = await sendRequest({ method: 'GET', url, headers: {} }, limits);
      if (status !== 200) throw new AppError('providerUnavailable');
      return body;
    } catch (error) {
      if (error instanceof RequestFailedError) throw new AppError('providerUnavailable');
      throw error;
    } finally {
      this.requests -= 1;
    }
  }
}

/** @param text PEM */
function certificateIn(text: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch {
    throw new AppError('providerUnavailable');
  }
}
