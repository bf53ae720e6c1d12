import { randomUUID } from 'node:crypto';

import fc from 'fast-check';
import { simpleParser } from 'mailparser';
import { In } from 'typeorm';
import { expect } from 'vitest';

import { FlowToken } from '../../src/flow-execution/flow-token.entity.js';
import { MailMessage } from '../../src/mail/outbox/mail-message.entity.js';
import { waitingStates } from '../../src/mail/outbox/message-states.js';
import type { Answer } from './api-client.js';
import { PageBrowser } from './page-browser.js';
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
  | {
      readonly kind: 'admin changes' | 'asks to change' | 'adds' | 'removes' | 'makes primary' | 'verifies';
      readonly account: number;
      readonly address: number;
      /** Whether an administrator acts, and not the owner. */
      readonly asAdmin: boolean;
    }
  | { readonly kind: 'admin activates' | 'admin deactivates'; readonly account: number }
  | { readonly kind: 'confirm'; readonly wait: number; readonly way: 'code' | 'link' };

const number = fc.nat(3);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom('sign up', 'admin creates', 'recover'), address: number }),
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom('admin changes', 'asks to change', 'adds', 'removes', 'makes primary', 'verifies'),
      account: number,
      address: number,
      asAdmin: fc.boolean(),
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
  /** Undefined for a verification. */
  readonly slug: string | undefined;
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
  /** Numbers of the steps in which the account got addresses that no mail had proved before. */
  readonly gained: Map<string, number>;
}

/** An address as the API shows it. */
interface Row {
  readonly address: string;
  readonly is_current: boolean;
  readonly is_primary: boolean;
  readonly verified: string | null;
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

/** The actions of the API below `/core/users/{id}/addresses/`. */
const actions = { adds: '', removes: 'remove/', 'makes primary': 'make_primary/', verifies: 'verify/' } as const;

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
        const gained = new Map([[address, this.steps]]);
        this.accounts.set(body.pk, { pk: body.pk, isSignUp: false, isVouched: true, gained });
        return;
      }
      case 'recover':
        return this.recover(address);
      case 'admin changes':
        if (account === undefined) return;
        return this.changeAddress(account, address);
      case 'asks to change':
        if (account === undefined || !(await this.userOf(account.pk)).is_active) return;
        return this.waitFor(await signedIn(app, account), flows.change, address, { email: address });
      case 'adds':
      case 'removes':
      case 'makes primary':
      case 'verifies':
        if (account === undefined) return;
        return this.changeFurther(taken.kind, account, address, taken.asAdmin);
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
    for (const { pk, isSignUp, isVouched, gained } of this.accounts.values()) {
      const { email, is_active, email_verified } = await this.userOf(pk);
      const rows = (await this.rowsOf(pk)).filter((row) => row.is_current);
      expect(rows.filter((row) => row.is_primary).map((row) => row.address)).toEqual([email]);
      for (const { address, is_primary, verified } of rows) {
        if (is_primary) expect(email_verified).toBe(verified !== null);
        if (verified !== null) expect(this.confirmed.get(address)).toBeGreaterThan(gained.get(address) ?? -1);
      }
      if (isSignUp && is_active && !isVouched) expect({ pk, email_verified }).toEqual({ pk, email_verified: true });
      this.verified += Number(email_verified);
    }
  }

  private async changeAddress(account: Account, address: string): Promise<void> {
    if ((await this.userOf(account.pk)).email === address) return;
    const isHeld = await this.isHeld(account.pk, address);
    const { status } = await this.world.app.api.patch(`/core/users/${account.pk}/`, { email: address });
    if (status !== 200) return;
    account.isVouched = true;
    if (!isHeld) account.gained.set(address, this.steps);
  }

  /** Changes the further addresses of an account, by its owner or by an administrator. */
  private async changeFurther(
    kind: 'adds' | 'removes' | 'makes primary' | 'verifies',
    account: Account,
    address: string,
    asAdmin: boolean,
  ): Promise<void> {
    const { app } = this.world;
    if (!asAdmin && !(await this.userOf(account.pk)).is_active) return;
    const visitor = asAdmin ? new Visitor(app.url) : await signedIn(app, account);
    const path = `/core/users/${account.pk}/addresses/${actions[kind]}`;
    const post = (): Promise<Answer> =>
      asAdmin ? app.api.post(path, { address }) : visitor.request('POST', path, { json: { address } });
    const row = (await this.rowsOf(account.pk)).find((each) => each.is_current && each.address === address);
    const mailsBefore = this.mailsTo(address);
    const { status } = await post();
    if (kind === 'adds' && status === 201) account.gained.set(address, this.steps);
    if (kind === 'makes primary' && status === 200) {
      expect(asAdmin || row?.is_primary === true || row?.verified !== null).toBe(true);
      if (asAdmin) account.isVouched = true;
    }
    if (kind === 'verifies' && status === 201) this.waits.push({ visitor, slug: undefined, address, mailsBefore });
  }

  /** Asks for a recovery, whose link goes to a primary address or to one that an account has proved. */
  private async recover(address: string): Promise<void> {
    const { app, flows } = this.world;
    const rows = (await Promise.all([...this.accounts.keys()].map((pk) => this.rowsOf(pk)))).flat();
    const mayRecover = rows.some(
      (row) => row.address === address && row.is_current && (row.is_primary || row.verified !== null),
    );
    const links = (): Promise<number> => app.dataSource.getRepository(FlowToken).countBy({ address });
    const before = await links();
    await this.waitFor(new Visitor(app.url), flows.recovery, address, { uid_field: address });
    if (!mayRecover) expect(await links()).toBe(before);
  }

  private async signUp(address: string): Promise<void> {
    const { app, flows } = this.world;
    const [visitor, username, password] = [new Visitor(app.url), randomUUID(), 'a new secret'];
    await visitor.answer(flows.enrollment, { username, password, password_repeat: password });
    await this.waitFor(visitor, flows.enrollment, address, { name: 'Any', email: address });
    const { results } = (await app.api.get(`/core/users/?username=${username}`)).body;
    for (const { pk } of results) this.accounts.set(pk, { pk, isSignUp: true, isVouched: false, gained: new Map() });
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
    const pattern = slug === undefined ? /(\/if\/verify\/\?token=\w+)/ : /\?(\S*flow_token=\S+)/;
    const { code, query } = await this.linkAfter(address, mailsBefore, pattern);
    if (query === '') return;
    this.confirmed.set(address, this.steps);
    if (slug === undefined) {
      const browser = new PageBrowser(this.world.app.url);
      if ((await browser.open(query)).html.includes('</button>')) await browser.submit();
      return;
    }
    if (way === 'code' && code !== '') {
      await visitor.answer(slug, { component: 'ak-stage-email', code });
      return;
    }
    const { token } = await visitor.see(slug, query);
    if (token !== undefined) await visitor.answer(slug, { component: 'ak-stage-consent', token }, query);
  }

  /** Returns the link of the first mail with one after a number of mails to an address; other mails are notices. */
  private async linkAfter(
    address: string,
    mailsBefore: number,
    pattern: RegExp,
  ): Promise<{ code: string; query: string }> {
    const waiting = async (): Promise<number> =>
      this.world.app.dataSource
        .getRepository(MailMessage)
        .countBy({ recipientAddress: address, state: In([...waitingStates]) });
    await expect.poll(waiting, { timeout: 20_000, interval: 5 }).toBe(0);
    const mails = this.world.sink.mails.filter(({ to }) => to === address).slice(mailsBefore);
    for (const { source } of mails) {
      const { text = '' } = await simpleParser(source);
      const query = pattern.exec(text)?.[1];
      if (query !== undefined) return { query, code: /\b\d{6}\b/.exec(text)?.[0] ?? '' };
    }
    return { query: '', code: '' };
  }

  private mailsTo(address: string): number {
    return this.world.sink.mails.filter(({ to }) => to === address).length;
  }

  private async isHeld(pk: number, address: string): Promise<boolean> {
    return (await this.rowsOf(pk)).some((row) => row.is_current && row.address === address);
  }

  private async rowsOf(pk: number): Promise<Row[]> {
    return (await this.world.app.api.get(`/core/users/${pk}/addresses/`)).body;
  }

  private async userOf(pk: number): Promise<any> {
    return (await this.world.app.api.get(`/core/users/${pk}/`)).body;
  }
}
