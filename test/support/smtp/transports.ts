import 'reflect-metadata';

import { Module } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';

import { readSettings } from '../../../src/config/read-settings.js';
import { SETTINGS } from '../../../src/config/settings.js';
import { DatabaseClock } from '../../../src/database/database-clock.js';
import { Housekeeping } from '../../../src/database/housekeeping.js';
import { MailTransports, type OutgoingMail } from '../../../src/mail/transport/mail-transports.js';
import type { SmtpSettings } from '../../../src/mail/transport/smtp/smtp-settings.js';
import { TransportModule } from '../../../src/mail/transport/transport.module.js';
import { OutgoingModule } from '../../../src/outgoing/outgoing.module.js';
import { authorityFile } from './certificates.js';

/** The transport module without the rest of the service. */
export interface TestTransports {
  readonly transports: MailTransports;
  readonly check: MailTransports;
  readonly module: TestingModule;
  /** All logged lines. */
  readonly log: string[];
  stop(): Promise<void>;
}

/**
 * Starts the transport module. @param environment settings by name; trusts the tests' certificate authority by default
 */
export async function startTransports(environment: Record<string, string> = {}): Promise<TestTransports> {
  const { settings } = readSettings({ EMAIL_CA_FILE: authorityFile, ...environment });
  @Module({
    providers: [
      { provide: SETTINGS, useValue: settings },
      { provide: DatabaseClock, useValue: { now: () => Date.now(), date: () => new Date() } },
      Housekeeping,
    ],
    exports: [SETTINGS, DatabaseClock, Housekeeping],
  })
  class SettingsModule {}
  const log: string[] = [];
  const write = (...values: unknown[]): void => void log.push(values.map(String).join(' '));
  const module = await Test.createTestingModule({
    imports: [{ module: SettingsModule, global: true }, OutgoingModule, TransportModule],
  })
    .setLogger({ log: write, error: write, warn: write, debug: write, verbose: write })
    .compile();
  await module.init();
  return {
    transports: module.get(MailTransports),
    check: module.get(MailTransports),
    module,
    log,
    stop: () => module.close(),
  };
}

/** The password that `CollectingServer` accepts. */
export const password = 'correct horse';

/** Credentials that both kinds of servers accept. */
export const login = { username: 'ada', password };

/** Returns settings of a server on this machine: plain text, without login. */
export function smtpSettings(port: number, changes: Partial<SmtpSettings> = {}): SmtpSettings {
  return {
    kind: 'smtp',
    host: 'localhost',
    port,
    username: '',
    password: '',
    useTls: false,
    useSsl: false,
    timeout: 5,
    ...changes,
  };
}

/** Returns a mail that any server accepts. */
export function outgoingMail(changes: Partial<OutgoingMail> = {}): OutgoingMail {
  return {
    pk: 'f3b1c5d2-0000-4000-8000-000000000000',
    messageId: 'f3b1c5@example.org',
    from: { name: 'The Service', address: 'service@example.org' },
    to: { name: 'Ada Lovelace', address: 'ada@example.com' },
    subject: 'Confirm your address',
    html: '<p>Hello</p>',
    text: 'Hello',
    attachments: [],
    date: new Date('2026-03-01T12:00:00Z'),
    ...changes,
  };
}
