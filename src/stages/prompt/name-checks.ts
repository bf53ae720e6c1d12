import { isAddress, isForeignAddress, nameProblems } from '../../core/users/names/account-names.js';
import { isReservedUsername } from '../../core/users/names/reserved-usernames.js';
import type { User } from '../../core/users/user.entity.js';
import type { Execution } from '../../flow-execution/execution.js';
import { kindsAhead } from '../../flow-execution/stages-ahead.js';
import { type Message, message } from '../../rest/messages/messages.js';
import { asksAhead } from './asks-ahead.js';
import { type FormField, known, type PromptData } from './prompt-form.js';
import { takesUnprovedAddress } from './unproved-address.js';

/** Keys of fields whose values are names: accounts are found by them. */
const nameKeys = ['username', 'attributes.upn', 'attributes_upn'] as const;

/** Checks the names in the answer to a form. Stages that write them check again, with the names locked. */
export class NameChecks {
  /** @param own the account that may keep its names; undefined in a sign-up */
  constructor(
    private readonly execution: Execution,
    private readonly own: User | undefined,
  ) {}

  /** Why the account cannot have a name in a field, looked at alone; undefined if it can. */
  async problemOf({ type, fieldKey }: FormField, name: string): Promise<Message | undefined> {
    const { manager } = this.execution;
    if (type === 'username') {
      if (this.own === undefined && (await isReservedUsername(manager, name))) return message('usernameTaken');
      const problem = (await nameProblems(manager, { username: name }, this.own)).get('username');
      if (problem === undefined) return undefined;
      if (problem === 'invalid') return message('usernameInvalid');
      // Only its owner may have an address as a name, so whether an account has it is no answer to others.
      return isAddress(name) ? undefined : message('usernameTaken');
    }
    if (fieldKey !== 'email' || this.own !== undefined || (await this.isAnsweredByMail())) return undefined;
    return (await nameProblems(manager, { email: name })).has('email') ? message('addressIsUsername') : undefined;
  }

  /**
   * Why the account cannot have the names of an answer together.
   *
   * @param data the answers to earlier forms of the run
   * @param values the answer, by the keys of its fields
   * @returns the error with its field; undefined if it can
   */
  async problemIn(data: PromptData, values: PromptData): Promise<Record<string, Message[]> | undefined> {
    const { manager, plan } = this.execution;
    const foreign = await this.foreignName(data, values);
    if (foreign !== undefined) return { [foreign]: [message('usernameIsForeignAddress')] };
    if (Object.hasOwn(values, 'email') && takesUnprovedAddress(values, this.own, plan.context)) {
      if (!(await this.isProvedAhead())) return { email: [message('addressNotProved')] };
    }
    const username = known(values, 'username');
    if (typeof username !== 'string' || !isAddress(username) || (await this.isAnsweredByMail())) return undefined;
    const problems = await nameProblems(manager, { username }, this.own);
    return problems.has('username') ? { username: [message('usernameTaken')] } : undefined;
  }

  /** Whether a mail will answer if an account has the address of a sign-up, so that nothing else must. */
  private async isAnsweredByMail(): Promise<boolean> {
    if (this.own !== undefined) return false;
    const kinds = await kindsAhead(this.execution.manager, this.execution.plan);
    return kinds.has('user_write') && kinds.has('email');
  }

  /** The field of a new name that is an email address other than the account's; undefined if there is none. */
  private async foreignName(data: PromptData, values: PromptData): Promise<string | undefined> {
    const answers = { ...data, ...values };
    const typed = known(answers, 'email');
    const email = typeof typed === 'string' ? typed : (this.own?.email ?? '');
    const kept = [this.own?.username, this.own?.attributes['upn']];
    const foreign = nameKeys.find((key) => {
      const name = known(answers, key);
      return typeof name === 'string' && !kept.includes(name) && isForeignAddress(name, email);
    });
    if (foreign === undefined) return undefined;
    const { manager, plan } = this.execution;
    if (email === '' && (await asksAhead(manager, plan, 'email'))) return undefined;
    return [foreign, 'email'].find((key) => Object.hasOwn(values, key));
  }

  /** Whether a new address of the account is proved by a mail, or never written, before the run ends. */
  private async isProvedAhead(): Promise<boolean> {
    const { manager, plan, visitor } = this.execution;
    const kinds = await kindsAhead(manager, plan);
    return !kinds.has('user_write') || (kinds.has('email') && visitor.user?.pk === this.own?.pk);
  }
}
