import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { SETTINGS, type Settings } from '../../config/settings.js';
import { passwordProblems } from './new-password.js';

/** Says what else is wrong with a password, with a text for each problem. */
type Policy = (manager: EntityManager, password: string, personal: readonly string[]) => Promise<readonly string[]>;

/** The rules for new passwords. */
@Injectable()
export class PasswordRules {
  private readonly policies: Policy[] = [];

  constructor(@Inject(SETTINGS) private readonly settings: Settings) {}

  /** Adds a policy for passwords that are set outside of flows: policies stand on a higher floor. */
  register(policy: Policy): void {
    this.policies.push(policy);
  }

  /**
   * The rules that every new password has to keep.
   *
   * @param personal names and addresses of the user
   * @returns a text for each problem, none if the password is accepted
   */
  problems(password: string, personal: readonly string[]): string[] {
    return passwordProblems(password, [...personal, this.settings.brandName]);
  }

  /** As `problems`, and then the policies that count outside of flows. */
  async check(manager: EntityManager, password: string, personal: readonly string[]): Promise<readonly string[]> {
    const problems = this.problems(password, personal);
    if (problems.length > 0) return problems;
    const found = await Promise.all(this.policies.map((policy) => policy(manager, password, personal)));
    return found.flat();
  }
}
