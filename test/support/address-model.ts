import { randomUUID } from 'node:crypto';

import fc from 'fast-check';
import { simpleParser } from 'mailparser';
import { In } from 'typeorm';
import { expect } from 'vitest';

import { MailMessage } from '../../src/mail/outbox/mail-message.entity.js';
import { waitingStates } from '../../src/mail/outbox/message-states.js';
import { signedIn } from './signed-in.js';
import type { SmtpSink } from './smtp-sink.js';
import type { TestApp } from './test-app.js';
import { Visitor } from './visitor.js';

/** What a history acts on: the service, its mails and the slugs of its flows. */
export interface AddressWorld {
  readonly app: TestApp;
  readonly sink: SmtpSink;
  readonly flows: Readonly<Record<'enrollment' | 'recovery' | 'change', string>>;
}

/** `address` and `account` are numbers that are taken modulo what exists. */
type Step =
  | { readonly kind: 'sign up' | 'admin creates' | 'recover'; readonly address: number }
  | { readonly kind: 'admin changes' | 'asks to change'; readonly account: number; readonly address: number }
  | { readonly kind: 'admin activates' | 'admin deactivates'; readonly account: number }
  | { readonly kind: 'confirm'; readonly wait: number; readonly way: 'code' | 'link' };

const number = fc.nat(3);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom('sign up', 'admin creates', 'recover'), address: number }),
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('admin changes', 'asks to change'),
      account: number,
      address: number,
    }),
  },
  fc.record({ kind: fc.constantFrom('admin activates', 'admin deactivates'), account: number }),
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('confirm'), wait: number, way: fc.constantFrom('code', 'link') }),
  },
);

/** Random steps of visitors, users and administrators. */
export const addressHistories = fc.array(step, { minLength: 4, maxLength: 20, size: 'max' });

/** A browser that waits for a mail to be confirmed. */
interface Wait {
  readonly visitor: Visitor;
  readonly slug: string;
  readonly address: string;
  /** How many mails the address had before. */
  readonly mailsBefore: number;
}

/** An account of a history. */
interface Account {
  readonly pk: number;
  readonly isSignUp: boolean;
  /** An administrator set the current address or activated the account, and answers for it. */
  isVouched: boolean;
  /** Number of the step in which an administrator set the address; -1: none did. */
  changed: number;
}

/**
 * Carries out a history with addresses of its own, and checks after every step that an address counts as verified only
 * after a mail to it was confirmed, and that no sign-up is active without that.
 *
 * @returns how many addresses were verified in the end
 */
export async function checkAddressHistory(world: AddressWorld, history: readonly Step[]): Promise<number> {
  const run = new AddressHistory(world);
  for (const each of history) {
    await run.take(each);
    await run.check();
  }
  return run.verified;
}

class AddressHistory {
  verified = 0;
  private readonly addresses = Array.from({ length: 2 }, () => `m-${randomUUID()}@example.org`);
  private readonly accounts = new Map<number, Account>();
  private readonly waits: Wait[] = [];
  /** The last step in which a mail to an address was confirmed. */
  private readonly confirmed = new Map<string, number>();
  private steps = 0;

  constructor(private readonly world: AddressWorld) {}

  async take(taken: Step): Promise<void> {
    this.steps += 1;
    const { app, flows } = this.world;
    const account = 'account' in taken ? [...this.accounts.values()][taken.account % this.accounts.size] : undefined;
    const address = 'address' in taken ? this.addresses[taken.address % this.addresses.length]! : '';
    switch (taken.kind) {
      case 'sign up':
        return this.signUp(address);
      case 'admin creates': {
        const { body } = await app.api.post('/core/users/', { username: randomUUID(), name: '', email: address });
        this.accounts.set(body.pk, { pk: body.pk, isSignUp: false, isVouched: true, changed: this.steps });
        return;
      }
      case 'recover': {
        const visitor = new Visitor(app.url);
        return this.waitFor(visitor, flows.recovery, address, { uid_field: address });
      }
      case 'admin changes':
        if (account === undefined) return;
        return this.changeAddress(account, address);
      case 'asks to change':
        if (account === undefined || !(await this.userOf(account.pk)).is_active) return;
        return this.waitFor(await signedIn(app, account), flows.change, address, { email: address });
      case 'admin activates':
      case 'admin deactivates':
        if (account === undefined) return;
        await app.api.patch(`/core/users/${account.pk}/`, { is_active: taken.kind === 'admin activates' });
        account.isVouched = true;
        return;
      case 'confirm':
        return this.confirm(taken.wait, taken.way);
    }
  }

  async check(): Promise<void> {
    this.verified = 0;
    for (const { pk, isSignUp, isVouched, changed } of this.accounts.values()) {
      const { email, is_active, email_verified } = await this.userOf(pk);
      if (email_verified) expect(this.confirmed.get(email)).toBeGreaterThan(changed);
      if (isSignUp && is_active && !isVouched) expect({ pk, email_verified }).toEqual({ pk, email_verified: true });
      this.verified += Number(email_verified);
    }
  }

  private async changeAddress(account: Account, address: string): Promise<void> {
    if ((await this.userOf(account.pk)).email === address) return;
    const { status } = await this.world.app.api.patch(`/core/users/${account.pk}/`, { email: address });
    if (status === 200) Object.assign(account, { isVouched: true, changed: this.steps });
  }

  private async signUp(address: string): Promise<void> {
    const { app, flows } = this.world;
    const [visitor, username, password] = [new Visitor(app.url), randomUUID(), 'a new secret'];
    await visitor.answer(flows.enrollment, { username, password, password_repeat: password });
    await this.waitFor(visitor, flows.enrollment, address, { name: 'Any', email: address });
    const { results } = (await app.api.get(`/core/users/?username=${username}`)).body;
    for (const { pk } of results) this.accounts.set(pk, { pk, isSignUp: true, isVouched: false, changed: -1 });
  }

  /** Sends the response after which the run mails an address, and waits for the confirmation. */
  private async waitFor(visitor: Visitor, slug: string, address: string, response: object): Promise<void> {
    const mailsBefore = this.mailsTo(address);
    const { component } = await visitor.answer(slug, response);
    if (component === 'ak-stage-email') this.waits.push({ visitor, slug, address, mailsBefore });
  }

  /** Confirms the mail of a wait, if one with a link was sent for it. */
  private async confirm(index: number, way: 'code' | 'link'): Promise<void> {
    if (this.waits.length === 0) return;
    const [{ visitor, slug, address, mailsBefore }] = this.waits.splice(index % this.waits.length, 1) as [Wait];
    const { code, query } = await this.linkAfter(address, mailsBefore);
    if (query === '') return;
    this.confirmed.set(address, this.steps);
    if (way === 'code' && code !== '') {
      await visitor.answer(slug, { component: 'ak-stage-email', code });
      return;
    }
    const { token } = await visitor.see(slug, query);
    if (token !== undefined) await visitor.answer(slug, { component: 'ak-stage-consent', token }, query);
  }

  /** Returns the link of the first mail with one after a number of mails to an address; other mails are notices. */
  private async linkAfter(address: string, mailsBefore: number): Promise<{ code: string; query: string }> {
    const waiting = async (): Promise<number> =>
      this.world.app.dataSource
        .getRepository(MailMessage)
        .countBy({ recipientAddress: address, state: In([...waitingStates]) });
    await expect.poll(waiting, { timeout: 20_000, interval: 5 }).toBe(0);
    const mails = this.world.sink.mails.filter(({ to }) => to === address).slice(mailsBefore);
    for (const { source } of mails) {
      const { text = '' } = await simpleParser(source);
      const query = /\?(\S*flow_token=\S+)/.exec(text)?.[1];
      if (query !== undefined) return { query, code: /\b\d{6}\b/.exec(text)?.[0] ?? '' };
    }
    return { query: '', code: '' };
  }

  private mailsTo(address: string): number {
    return this.world.sink.mails.filter(({ to }) => to === address).length;
  }

  private async userOf(pk: number): Promise<any> {
    return (await this.world.app.api.get(`/core/users/${pk}/`)).body;
  }
}
