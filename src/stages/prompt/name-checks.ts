import { isAddress, isForeignAddress, nameProblems } from '../../core/users/names/account-names.js';
import { isReservedUsername } from '../../core/users/names/reserved-usernames.js';
import { skeletonOf } from '../../core/users/names/skeleton.js';
import { findUnconfirmed } from '../../core/users/names/unconfirmed-account.js';
import { User } from '../../core/users/user.entity.js';
import type { Execution } from '../../flow-execution/execution.js';
import { upcomingKinds } from '../../flow-execution/upcoming-stages.js';
import { type Message, message } from '../../rest/messages/messages.js';
import { hasUpcomingPrompt } from './has-upcoming-prompt.js';
import { correctedSignUp, type HeldSignUp } from './held-sign-up.js';
import { type FormField, ownValue, type PromptData } from './prompt-form.js';
import { setsUnprovedAddress } from './unproved-address.js';

/** Keys of fields whose values identify accounts at sign-in. */
const nameKeys = ['username', 'attributes.upn', 'attributes_upn'] as const;

/** Checks the names in a form response. Stages that write names check them again under a lock. */
export class NameChecks {
  /**
   * @param own the account that the names are for, which may keep its current names; undefined in a sign-up
   * @param email the address in the response or in earlier ones, not validated; empty if there is none
   */
  constructor(
    private readonly execution: Execution,
    private readonly own: User | undefined,
    private readonly email: string,
  ) {}

  /** Returns why the account cannot have the name in one field; undefined if it can. */
  async fieldProblem({ type, fieldKey }: FormField, name: string): Promise<Message | undefined> {
    const { manager } = this.execution;
    if (type === 'username') {
      const { own, email } = this;
      const held = own === undefined ? correctedSignUp(this.execution) : {};
      const isHeld = held.names !== undefined && skeletonOf(held.names.username) === skeletonOf(name);
      if (own === undefined && !isHeld && (await isReservedUsername(manager, { username: name, email }))) {
        return message('usernameTaken');
      }
      const stored = own ?? (await this.continuedAccount(name)) ?? (await this.accountOf(held));
      const problem = (await nameProblems(manager, { username: name }, stored)).get('username');
      if (problem === undefined) return undefined;
      if (problem === 'invalid') return message('usernameInvalid');
      // Only its owner may use an address as user name; others must not learn whether an account has it.
      return isAddress(name) ? undefined : message('usernameTaken');
    }
    if (fieldKey !== 'email' || this.own !== undefined || (await this.isReportedByMail())) return undefined;
    return (await nameProblems(manager, { email: name })).has('email') ? message('addressIsUsername') : undefined;
  }

  /**
   * Returns why the account cannot have the combination of names in a response.
   *
   * @param data responses to earlier forms of the run
   * @param values the response, keyed by field
   * @returns the error, keyed by field; undefined if the names are valid
   */
  async formProblems(data: PromptData, values: PromptData): Promise<Record<string, Message[]> | undefined> {
    const { manager, plan } = this.execution;
    const foreign = await this.foreignName(data, values);
    if (foreign !== undefined) return { [foreign]: [message('usernameIsForeignAddress')] };
    if (Object.hasOwn(values, 'email') && setsUnprovedAddress(values, this.own, plan.context)) {
      if (!(await this.isProvedAhead())) return { email: [message('addressNotProved')] };
    }
    const username = ownValue(values, 'username');
    if (typeof username !== 'string' || !isAddress(username) || (await this.isReportedByMail())) return undefined;
    const problems = await nameProblems(manager, { username }, this.own);
    return problems.has('username') ? { username: [message('usernameTaken')] } : undefined;
  }

  /** Returns the unconfirmed account that a sign-up with this user name continues. */
  private async continuedAccount(username: string): Promise<User | undefined> {
    const account = await findUnconfirmed(this.execution.manager, username, this.email);
    return account !== undefined && (await this.isReportedByMail()) ? account : undefined;
  }

  /** Returns the account of a sign-up that this run corrects, while it waits for confirmation. */
  private async accountOf({ user: pk = 0 }: HeldSignUp): Promise<User | undefined> {
    return (await this.execution.manager.findOneBy(User, { pk, awaitsConfirmation: true })) ?? undefined;
  }

  /** Whether this is a sign-up that sends a mail later, which alone may reveal that the address has an account. */
  private async isReportedByMail(): Promise<boolean> {
    if (this.own !== undefined) return false;
    const kinds = await upcomingKinds(this.execution.manager, this.execution.plan);
    return kinds.has('user_write') && kinds.has('email');
  }

  /** Returns the field of a new name that is an email address other than the account's; undefined if there is none. */
  private async foreignName(data: PromptData, values: PromptData): Promise<string | undefined> {
    const all = { ...data, ...values };
    const typed = ownValue(all, 'email');
    const email = typeof typed === 'string' ? typed : (this.own?.email ?? '');
    const kept = [this.own?.username, this.own?.attributes['upn']];
    const foreign = nameKeys.find((key) => {
      const name = ownValue(all, key);
      return typeof name === 'string' && !kept.includes(name) && isForeignAddress(name, email);
    });
    if (foreign === undefined) return undefined;
    const { manager, plan } = this.execution;
    if (email === '' && (await hasUpcomingPrompt(manager, plan, 'email'))) return undefined;
    return [foreign, 'email'].find((key) => Object.hasOwn(values, key));
  }

  /** Whether the rest of the run proves a new address of the account by mail, or never writes it. */
  private async isProvedAhead(): Promise<boolean> {
    const { manager, plan, visitor } = this.execution;
    const kinds = await upcomingKinds(manager, plan);
    return !kinds.has('user_write') || (kinds.has('email') && visitor.user?.pk === this.own?.pk);
  }
}
