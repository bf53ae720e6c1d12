import { Inject, Injectable } from '@nestjs/common';

import { SETTINGS, type Settings } from '../../config/settings.js';
import { clientNetwork } from '../../core/limits/client-network.js';
import { RequestLimits } from '../../core/limits/request-limits.service.js';
import { type Message, message } from '../../rest/messages/messages.js';

/** Limits the sign-ups per client network (OWASP ASVS 5.0, 2.4.1). */
@Injectable()
export class SignUpLimit {
  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly limits: RequestLimits,
  ) {}

  /**
   * Counts a sign-up before it writes anything. The count stays if the request fails.
   *
   * @returns the refusal; undefined if the sign-up is allowed
   */
  async check(clientIp: string): Promise<Message | undefined> {
    const { signUpClientLimit: times, signUpClientWindow: seconds } = this.settings;
    const wait = await this.limits.count(`sign-up:client:${clientNetwork(clientIp)}`, { times, seconds });
    return wait === 0 ? undefined : message('tooManySignUps', { minutes: Math.ceil(wait / 60) });
  }
}
