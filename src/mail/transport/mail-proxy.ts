import { Inject, Injectable } from '@nestjs/common';

import { SETTINGS, type Settings } from '../../config/settings.js';
import { OutgoingProxy } from '../../outgoing/outgoing-proxy.js';

/** The proxy of every connection that sends a mail or gets a token for it (EMAIL_PROXY). */
@Injectable()
export class MailProxy {
  /** Undefined for direct connections. */
  readonly proxy: OutgoingProxy | undefined;

  constructor(@Inject(SETTINGS) { emailProxy }: Pick<Settings, 'emailProxy'>) {
    this.proxy = emailProxy === undefined ? undefined : new OutgoingProxy(emailProxy);
  }
}
