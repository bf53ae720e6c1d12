import { Inject, Injectable } from '@nestjs/common';

import { SETTINGS, type Settings } from '../../config/settings.js';
import { clientNetwork } from '../../core/limits/client-network.js';
import { RequestLimits } from '../../core/limits/request-limits.service.js';
import { type Message, message } from '../../rest/messages/messages.js';

/** Limits how many accounts the visitors from one client network create (OWASP ASVS 5.0, 2.4.1). */
@Injectable()
export class SignUpLimit {
  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly limits: RequestLimits,
  ) {}

  /**
   * Counts a sign-up before it writes anything. The count stays if the request fails.
   *
   * @returns the message that refuses it; undefined if it may go on
   */
  async refusal(clientIp: string): Promise<Message | undefined> {
    const { signUpClientLimit: times, signUpClientWindow: seconds } = this.settings;
    const wait = await this.limits.count(`sign-up:client:${clientNetwork(clientIp)}`, { times, seconds });
    return wait === 0 ? undefined : message('tooManySignUps', { minutes: Math.ceil(wait / 60) });
  }
}
