import { Inject, Injectable } from '@nestjs/common';

import { SETTINGS, type Settings } from '../../config/settings.js';
import { SealBrokenError, SecretBox } from '../../database/secret-box.js';
import type { TransportSettings } from '../transport/mail-transport.js';
import { mailboxKind } from '../transport/mailbox/mailbox-kind.js';
import { readTransports } from '../transport/read-transports.js';
import { maskedUrl, parameterNames, withStoredSecrets } from './masked-url.js';
import { type NamedTransport, transportUrlPlace } from './named-transport.entity.js';

/** The stored columns of a URL. */
type UrlColumns = Pick<NamedTransport, 'url' | 'shownUrl'>;

/** What a stored URL describes. */
export interface ReadUrl {
  /** In the order in which a mail tries them; empty if there is a problem. */
  readonly transports: readonly TransportSettings[];
  /** Why nothing can be sent, for administrators. */
  readonly problem?: string;
}

/** Reads and stores the URLs of named transports, whose secrets are never shown. */
@Injectable()
export class TransportUrls {
  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly secrets: SecretBox,
  ) {}

  /**
   * Returns the URL that a request sets, with the stored secrets where it has `***`.
   *
   * @param stored undefined for a new transport
   * @returns undefined if the stored URL stays
   * @throws Error with a line for administrators if it cannot be used
   */
  change(text: string, stored: UrlColumns | undefined): string | undefined {
    if (text === stored?.shownUrl) return undefined;
    const current = stored === undefined ? undefined : this.tryOpen(stored);
    try {
      const url = withStoredSecrets(text, current);
      this.read(url);
      return url === current ? undefined : url;
    } catch (error) {
      throw new Error(`The URL ${(error as Error).message}`, { cause: error });
    }
  }

  /** @param url a value of `change` */
  columns(url: string): UrlColumns {
    return { url: this.secrets.seal(url, transportUrlPlace), shownUrl: maskedUrl(url) };
  }

  /**
   * Returns the transports of a stored URL. Each holds its rate and concurrency for itself, under the key of the named
   * transport: all stages and workers share them, and two accounts at one provider do not.
   */
  open({ pk, url }: Pick<NamedTransport, 'pk' | 'url'>): ReadUrl {
    try {
      const transports = this.read(this.secrets.open(url, transportUrlPlace));
      return { transports: transports.map((each, index) => ({ ...each, account: `${pk}/${index}`, isGuarded: true })) };
    } catch (error) {
      const { message } = error as Error;
      return { transports: [], problem: error instanceof SealBrokenError ? message : `The URL ${message}` };
    }
  }

  /** @throws Error whose message completes `The URL` */
  private read(url: string): readonly TransportSettings[] {
    // Before the URL is read: its errors would say which files the server has.
    if (parameterNames(url).includes('key_file')) {
      throw new Error(
        'must not have key_file: only EMAIL_URL names files of the server. Write the content as key, in base64.',
      );
    }
    const transports = readTransports(url, this.settings);
    if (transports.some(({ kind }) => kind === mailboxKind.name)) {
      throw new Error('must not be mailbox://: only EMAIL_URL leads there.');
    }
    return transports;
  }

  private tryOpen({ url }: UrlColumns): string | undefined {
    try {
      return this.secrets.open(url, transportUrlPlace);
    } catch (error) {
      if (error instanceof SealBrokenError) return undefined;
      throw error;
    }
  }
}
