import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { SETTINGS, type Settings } from '../../config/settings.js';
import type { Message, MessageOrText } from '../../rest/messages/messages.js';
import { passwordProblems, passwordWeakness } from './new-password.js';
import { passwordStrength, type StrengthMeter } from './password-strength.js';

/** Checks a password that keeps the built-in rules. Returns a message for each problem. */
type Policy = (
  manager: EntityManager,
  password: string,
  personal: readonly string[],
  strength: StrengthMeter,
) => Promise<readonly MessageOrText[]>;

/** The rules for new passwords. */
@Injectable()
export class PasswordRules {
  private readonly policies: Policy[] = [];

  constructor(@Inject(SETTINGS) private readonly settings: Settings) {}

  /** Adds a policy for passwords that are set outside of flows. Policies are on a higher floor. */
  register(policy: Policy): void {
    this.policies.push(policy);
  }

  /**
   * Checks the rules that cost little time: all but the strength.
   *
   * @param personal names and addresses of the user
   * @returns a message for each problem
   */
  problems(password: string, personal: readonly string[]): Message[] {
    return passwordProblems(password, this.withBrand(personal));
  }

  /**
   * Checks the strength of a password without other problems.
   *
   * @returns a message if the password is easy to guess
   * @throws the errors of the meter
   */
  weakness(password: string, personal: readonly string[], strength: StrengthMeter): Promise<Message[]> {
    return passwordWeakness(password, this.withBrand(personal), strength);
  }

  /** Checks all rules, and then the policies that count outside of flows. Stops at the first step with a problem. */
  async check(
    manager: EntityManager,
    password: string,
    personal: readonly string[],
    strength: StrengthMeter = passwordStrength,
  ): Promise<readonly MessageOrText[]> {
    const problems = this.problems(password, personal);
    if (problems.length > 0) return problems;
    const weakness = await this.weakness(password, personal, strength);
    if (weakness.length > 0) return weakness;
    const found = await Promise.all(this.policies.map((policy) => policy(manager, password, personal, strength)));
    return found.flat();
  }

  private withBrand(personal: readonly string[]): readonly string[] {
    return [...personal, this.settings.brandName];
  }
}
