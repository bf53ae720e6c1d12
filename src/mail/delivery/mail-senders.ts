import { Inject, Injectable } from '@nestjs/common';

import { SETTINGS, type Settings } from '../../config/settings.js';
import { type MailAddress, readMailAddress } from '../../syntax/mail-address.js';
import { GlobalTransport } from '../transport/global-transport.js';
import type { TransportSettings } from '../transport/mail-transport.js';
import type { SmtpSettings } from '../transport/smtp/smtp-settings.js';

/** The sender of a mail and its transports. */
export interface MailSender {
  /** In the order in which a mail tries them. */
  readonly transports: readonly TransportSettings[];
  readonly from: MailAddress;
  /** Name of the stage, for events and lists. */
  readonly name: string;
  /** Name of the named transport, if it sends through one. */
  readonly transport?: string;
  /** Why it cannot send at present, for administrators. */
  readonly problem?: string;
}

/** Returns the current senders of stages by stage key, without unknown stages. */
export type SenderSource = (stages: readonly string[]) => Promise<ReadonlyMap<string, MailSender>>;

/** Registry of mail senders. Stage kinds that send mail register a source. */
@Injectable()
export class MailSenders {
  private readonly sources: SenderSource[] = [];

  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly globalTransport: GlobalTransport,
  ) {}

  register(source: SenderSource): void {
    this.sources.push(source);
  }

  /** Returns the sender of the global EMAIL_ settings. */
  global(): MailSender {
    const from = readMailAddress(this.settings.emailFrom);
    return {
      transports: this.globalTransport.transports,
      from: from.name === '' ? this.withName(from.address) : from,
      name: '',
    };
  }

  /** Returns the transport to a server of a stage, with the settings that are the same for every server. */
  transportTo(server: Omit<SmtpSettings, 'kind' | 'clientName'>): SmtpSettings {
    return { kind: 'smtp', ...server, clientName: this.settings.emailHelo };
  }

  /** Returns a sender address with the name of the service: EMAIL_FROM_NAME, or else BRAND_NAME. */
  withName(address: string): MailAddress {
    return { name: this.settings.emailFromName ?? this.settings.brandName, address };
  }

  /** Returns the sender of each stage, without deleted stages. The key null is the service itself. */
  async of(stages: ReadonlySet<string | null>): Promise<ReadonlyMap<string | null, MailSender>> {
    const keys = [...stages].filter((stage) => stage !== null);
    const found = keys.length === 0 ? [] : await Promise.all(this.sources.map((source) => source(keys)));
    return new Map<string | null, MailSender>([[null, this.global()], ...found.flatMap((senders) => [...senders])]);
  }
}
