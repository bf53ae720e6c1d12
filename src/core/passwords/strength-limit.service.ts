import { Inject, Injectable } from '@nestjs/common';

import { SETTINGS, type Settings } from '../../config/settings.js';
import { nonField, ValidationError } from '../../rest/errors/validation-error.js';
import { clientNetwork } from '../limits/client-network.js';
import { RequestLimits } from '../limits/request-limits.service.js';
import { tooManyAttempts } from '../limits/too-many-attempts.js';
import { passwordStrength, type StrengthMeter } from './password-strength.js';

/** Forms with a new password for each account that a client network can create: people need two or three. */
const formsPerSignUp = 10;

/** Limits how many forms with new passwords the visitors from one client network have checked for their strength. */
@Injectable()
export class StrengthLimit {
  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly limits: RequestLimits,
  ) {}

  /**
   * Returns a meter for one form of a visitor. Its first use counts the form, before the strength is checked.
   *
   * The meter throws ValidationError if the client network has sent too many such forms.
   */
  meterFor(clientIp: string): StrengthMeter {
    let counted: Promise<number> | undefined;
    return async (password, personal) => {
      const wait = await (counted ??= this.count(clientIp));
      if (wait > 0) throw new ValidationError({ [nonField]: [tooManyAttempts(wait)] });
      return passwordStrength(password, personal);
    };
  }

  private count(clientIp: string): Promise<number> {
    const { signUpClientLimit, signUpClientWindow: seconds } = this.settings;
    const limit = { times: formsPerSignUp * signUpClientLimit, seconds };
    return this.limits.count(`new-password:client:${clientNetwork(clientIp)}`, limit);
  }
}
