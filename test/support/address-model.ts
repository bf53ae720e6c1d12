import { randomUUID } from 'node:crypto';

import { expect } from 'vitest';

import type { Step } from './address-steps.js';
import type { Answer } from './api-client.js';
import { type QueuedMail, queuedMails } from './queued-mails.js';
import { signedIn } from './signed-in.js';
import type { TestApp } from './test-app.js';
import { Visitor } from './visitor.js';

/** What a history acts on: a service without a worker, and its flows. */
export interface AddressWorld {
  readonly app: TestApp;
  /** A flow for sign-ups with or without an invitation. */
  readonly enrollment: { readonly pk: string; readonly slug: string };
  readonly recovery: { readonly slug: string };
  /** A flow in which signed-in users change their address. */
  readonly change: { readonly slug: string };
}

/** Why a mail was sent. */
type Source = 'a sign-up' | 'an invited sign-up' | 'a recovery' | 'a change' | 'a verification' | 'an invitation';

/** A mail that waits for its reader. */
interface Mail extends QueuedMail {
  readonly source: Source;
  /** The browser that asked for it. */
  readonly visitor: Visitor;
  readonly address: string;
  /** Slug of its flow; empty for a verification. */
  readonly slug: string;
  /** The account that it is for; undefined for any account with the address. */
  readonly account: number | undefined;
}

/** An account of a history. */
interface Account {
  readonly pk: number;
  readonly isSignUp: boolean;
  /** An administrator set the current address or activated the account, and answers for it. */
  isVouched: boolean;
  /** Numbers of the steps in which the account got its addresses: only a later mail proves them. */
  readonly gained: Map<string, number>;
}

/** An address that an account has now, as the tables have it. */
interface Row {
  readonly pk: number;
  readonly email: string;
  readonly is_active: boolean;
  readonly address: string;
  readonly verified: Date | null;
  readonly method: string | null;
}

/**
 * Carries out a history with addresses of its own, and checks after every step that an address counts as verified only
 * after a mail to it was confirmed, and that no sign-up is active without that. Mails are read from the outbox.
 *
 * @returns what happened, such as `a recovery proves an address by link`
 */
export async function checkAddressHistory(world: AddressWorld, history: readonly Step[]): Promise<Set<string>> {
  const run = new AddressHistory(world);
  for (const step of history) await run.take(step);
  await run.compareWithApi();
  return run.outcomes;
}

/** The actions of the API below `/core/users/{id}/addresses/`. */
const actions = { adds: '', removes: 'remove/', 'makes primary': 'make_primary/', verifies: 'verify/' } as const;

class AddressHistory {
  readonly outcomes = new Set<string>();
  private readonly addresses = Array.from({ length: 2 }, () => `m-${randomUUID()}@example.org`);
  private readonly accounts = new Map<number, Account>();
  private readonly mails: Mail[] = [];
  /** Keys of all mails so far. */
  private readonly received = new Set<string>();
  /** The last step in which a mail was confirmed, by address, and by account and address. */
  private readonly confirmed = new Map<string, number>();
  private rows: readonly Row[] = [];
  private steps = 0;

  constructor(private readonly world: AddressWorld) {}

  async take(step: Step): Promise<void> {
    this.steps += 1;
    const mail = await this.carryOut(step);
    const before = this.rows;
    this.rows = await this.readRows();
    this.check();
    this.record(step, mail, before);
  }

  /** Checks that the API shows what the tables have. */
  async compareWithApi(): Promise<void> {
    const { api } = this.world.app;
    for (const pk of this.accounts.keys()) {
      const { email, is_active, email_verified } = (await api.get(`/core/users/${pk}/`)).body;
      const listed: any[] = (await api.get(`/core/users/${pk}/addresses/`)).body;
      const rows = this.rows.filter((row) => row.pk === pk);
      expect(rows[0]).toMatchObject({ email, is_active });
      expect(email_verified).toBe(rows.some((row) => row.address === email && row.verified !== null));
      const current = listed.filter(({ is_current }) => is_current);
      expect(current.filter(({ is_primary }) => is_primary).map(({ address }) => address)).toEqual([email]);
      const shown = current.map(({ address, verified }) => [address, verified !== null]);
      expect(shown.sort()).toEqual(rows.map(({ address, verified }) => [address, verified !== null]).sort());
    }
  }

  /** @returns the mail that was confirmed, if any */
  private async carryOut(step: Step): Promise<Mail | undefined> {
    const { app, enrollment, change } = this.world;
    const account = 'account' in step ? [...this.accounts.values()][step.account % this.accounts.size] : undefined;
    const address = 'address' in step ? this.addresses[step.address % this.addresses.length]! : '';
    switch (step.kind) {
      case 'sign up': {
        const visitor = new Visitor(app.url);
        await visitor.see(enrollment.slug);
        const pk = await this.signUp(visitor, address, this.steps);
        await this.collect('a sign-up', visitor, address, pk);
        break;
      }
      case 'invite':
        await this.invite(address);
        break;
      case 'admin creates': {
        const { body } = await app.api.post('/core/users/', { username: randomUUID(), name: '', email: address });
        const gained = new Map([[address, this.steps]]);
        this.accounts.set(body.pk, { pk: body.pk, isSignUp: false, isVouched: true, gained });
        break;
      }
      case 'recover':
        await this.recover(address);
        break;
      case 'admin changes':
        if (account !== undefined) await this.changeAddress(account, address);
        break;
      case 'asks to change': {
        if (account === undefined || !this.isActive(account)) break;
        const visitor = await signedIn(app, account);
        await visitor.answer(change.slug, { email: address });
        await this.collect('a change', visitor, address, account.pk);
        break;
      }
      case 'adds':
      case 'removes':
      case 'makes primary':
      case 'verifies':
        if (account !== undefined) await this.changeFurther(step.kind, account, address, step.asAdmin);
        break;
      case 'admin activates':
      case 'admin deactivates':
        if (account === undefined) break;
        await app.api.patch(`/core/users/${account.pk}/`, { is_active: step.kind === 'admin activates' });
        account.isVouched = true;
        break;
      case 'confirm':
        return this.confirm(step.mail, step.way, address);
    }
    return undefined;
  }

  /** Signs up in a browser at the form. @returns the new account; undefined if there is none */
  private async signUp(visitor: Visitor, email: string, gained: number, query = ''): Promise<number | undefined> {
    const { app, enrollment } = this.world;
    const username = randomUUID();
    await visitor.answer(enrollment.slug, { component: 'ak-stage-prompt', username, email }, query);
    const [user] = await app.dataSource.query<{ pk: number }[]>(`select id as pk from "user" where username = $1`, [
      username,
    ]);
    if (user === undefined) return undefined;
    this.accounts.set(user.pk, { ...user, isSignUp: true, isVouched: false, gained: new Map([[email, gained]]) });
    return user.pk;
  }

  private async invite(email: string): Promise<void> {
    const { app, enrollment } = this.world;
    const path = '/stages/invitation/invitations/';
    const name = `i-${randomUUID()}`;
    const { body } = await app.api.post(path, { name, flow: enrollment.pk, single_use: true });
    expect((await app.api.post(`${path}${body.pk}/send_email/`, { email })).status).toBe(204);
    await this.collect('an invitation', new Visitor(app.url), email);
  }

  /** Asks for a recovery, whose link goes to an address that an account has proved, or to the primary one if there is none. */
  private async recover(address: string): Promise<void> {
    const { app, recovery } = this.world;
    const visitor = new Visitor(app.url);
    await visitor.answer(recovery.slug, { uid_field: address });
    for (const each of this.addresses) {
      const mayRecover = this.rows.some(({ pk, email, address: held, verified }) => {
        const hasProved = this.rows.some((row) => row.pk === pk && row.verified !== null);
        return held === each && (verified !== null || (email === each && !hasProved));
      });
      const links = await this.collect('a recovery', visitor, each);
      if (!mayRecover) expect(links).toBe(0);
    }
  }

  private async changeAddress(account: Account, address: string): Promise<void> {
    const rows = this.rows.filter(({ pk }) => pk === account.pk);
    if (rows[0]?.email === address) return;
    const { status } = await this.world.app.api.patch(`/core/users/${account.pk}/`, { email: address });
    if (status !== 200) return;
    account.isVouched = true;
    if (!rows.some((row) => row.address === address)) account.gained.set(address, this.steps);
  }

  /** Changes the further addresses of an account, by its owner or by an administrator. */
  private async changeFurther(
    kind: keyof typeof actions,
    account: Account,
    address: string,
    asAdmin: boolean,
  ): Promise<void> {
    const { app } = this.world;
    if (!asAdmin && !this.isActive(account)) return;
    const visitor = asAdmin ? new Visitor(app.url) : await signedIn(app, account);
    const path = `/core/users/${account.pk}/addresses/${actions[kind]}`;
    const { status }: Answer = asAdmin
      ? await app.api.post(path, { address })
      : await visitor.request('POST', path, { json: { address } });
    // The limit of a caller would end the changes of all histories.
    expect(status).not.toBe(429);
    if (kind === 'adds' && status === 201) account.gained.set(address, this.steps);
    if (kind === 'verifies') await this.collect('a verification', visitor, address, account.pk);
    if (kind !== 'makes primary' || status !== 200) return;
    const row = this.rows.find((each) => each.pk === account.pk && each.address === address);
    expect(asAdmin || row?.email === address || row?.verified !== null).toBe(true);
    if (asAdmin) account.isVouched = true;
  }

  /** Confirms a mail. An invited visitor signs up with `typed`. @returns the mail */
  private async confirm(index: number, way: 'code' | 'link', typed: string): Promise<Mail | undefined> {
    const [mail] = this.mails.splice(index % this.mails.length, 1);
    if (mail === undefined) return undefined;
    const { visitor, slug, address, account, query, code, source } = mail;
    this.confirmed.set(account === undefined ? address : `${account} ${address}`, this.steps);
    if (source === 'a change') this.gainByMail(account, address);
    if (source === 'a verification') {
      await fetch(`${this.world.app.url}${mail.path}`, { method: 'POST', body: new URLSearchParams(query) });
    } else if (way === 'code' && code !== '') {
      await visitor.answer(slug, { component: 'ak-stage-email', code });
    } else {
      const { token } = await visitor.see(slug, query);
      const shown = token && (await visitor.answer(slug, { component: 'ak-stage-consent', token }, query));
      if (source !== 'an invitation' || shown?.component !== 'ak-stage-prompt') return mail;
      const pk = await this.signUp(visitor, typed, typed === address ? this.steps - 1 : this.steps, query);
      await this.collect('an invited sign-up', visitor, typed, pk);
    }
    return mail;
  }

  /** An account gets an address, unless it has it, in the same step in which the mail to it is confirmed. */
  private gainByMail(account: number | undefined, address: string): void {
    const isHeld = this.rows.some((row) => row.pk === account && row.address === address);
    if (!isHeld) this.accounts.get(account ?? 0)?.gained.set(address, this.steps - 1);
  }

  /** Adds the mails to an address that the last request has queued; others are notices. @returns how many */
  private async collect(source: Source, visitor: Visitor, address: string, account?: number): Promise<number> {
    const { app, enrollment, recovery, change } = this.world;
    const flows = { 'a recovery': recovery, 'a change': change, 'a verification': undefined };
    const flow = source in flows ? flows[source as keyof typeof flows] : enrollment;
    const path = flow === undefined ? '/if/verify/' : `/if/flow/${flow.slug}/`;
    const mails = (await queuedMails(app, address)).filter((mail) => !this.received.has(mail.pk) && mail.path === path);
    for (const mail of mails) {
      this.received.add(mail.pk);
      // A run of another account may have mailed the address, once it became the account's own.
      const recipient = account === undefined ? undefined : (mail.user ?? account);
      this.mails.push({ ...mail, source, visitor, address, slug: flow?.slug ?? '', account: recipient });
    }
    return mails.length;
  }

  private isActive({ pk }: Account): boolean {
    return this.rows.some((row) => row.pk === pk && row.is_active);
  }

  private readRows(): Promise<Row[]> {
    return this.world.app.dataSource.query(
      `select u.id as pk, u.email, u.is_active, a.address, a.proved as verified, a.method
         from "user" u join "account_address" a on a.user_id = u.id and a.until is null where u.id = any($1)`,
      [[...this.accounts.keys()]],
    );
  }

  private check(): void {
    for (const { pk, address, verified } of this.rows) {
      if (verified === null) continue;
      const gained = this.accounts.get(pk)?.gained.get(address) ?? this.steps;
      const confirmed = [`${pk} ${address}`, address].map((key) => this.confirmed.get(key) ?? -1);
      expect(Math.max(...confirmed), 'the step of the mail that verifies an address').toBeGreaterThan(gained);
    }
    for (const { pk, isSignUp, isVouched } of this.accounts.values()) {
      const [primary, ...others] = this.rows.filter((row) => row.pk === pk && row.address === row.email);
      expect([primary?.pk, others], 'one primary address').toEqual([pk, []]);
      if (!isSignUp || isVouched || primary?.is_active !== true) continue;
      expect(primary.verified, 'the proof of the address of an active sign-up').not.toBeNull();
    }
  }

  /** Records the proofs that a step has made and ended. */
  private record(step: Step, mail: Mail | undefined, before: readonly Row[]): void {
    const proofs = (rows: readonly Row[]): Map<string, Row> =>
      new Map(rows.filter(({ verified }) => verified !== null).map((row) => [`${row.pk} ${row.address}`, row]));
    const [was, is] = [proofs(before), proofs(this.rows)];
    for (const [key, { method }] of is) {
      if (!was.has(key)) this.outcomes.add(`${mail?.source} proves an address by ${method}`);
    }
    for (const key of was.keys()) if (!is.has(key)) this.outcomes.add(`${step.kind}: a proof ends`);
  }
}
