import type { Provider, Type } from '@nestjs/common';

import type { Settings } from '../../config/settings.js';
import type { Outcome } from './outcome.js';
import type { OutgoingMail } from './outgoing-mail.js';
import type { Report, StepListener } from './report.js';

/** How mails are sent, such as the server and the login. Each kind adds its own settings. */
export interface TransportSettings {
  /** Name of the kind, such as `smtp`. */
  readonly kind: string;
  /** Seconds that sending a mail may take at most, if less than the kind allows. */
  readonly totalTimeout?: number;
  /** Key of whose rate and concurrency they are; default: those of the account at the server. */
  readonly account?: string;
  /** Whether the URL came over the API: requests go to public addresses and those of WEBHOOK_ALLOW only. */
  readonly isGuarded?: boolean;
  /** Mails per second that all workers together may send. */
  readonly rate?: number;
  /** Mails that all workers together may send at a time. */
  readonly concurrency?: number;
}

/** What a transport is, for attempts, logs and circuits. */
export interface TransportDescription {
  /** The kind, and the name of the provider if the kind has several: `smtp`, `http/resend`. */
  readonly provider: string;
  /** The server, `host:port`, whose failures its other mails share; empty if there is none. */
  readonly server: string;
}

/** Sends mails in one way: over SMTP, by the API of a provider, to the local mailbox. */
export interface MailTransport {
  /** Sends one valid mail. Errors of the server, the settings or the mail are returned as an outcome and never thrown. */
  send(mail: OutgoingMail): Promise<Outcome>;

  /**
   * Checks without sending a mail whether one would be accepted. Takes at most 60 s. Errors are returned as a report and
   * never thrown.
   *
   * @param sender address of the sender
   * @param onStep is called by transports whose check takes several steps
   */
  check(sender: string, onStep?: StepListener): Promise<Report>;

  /** Waits for the mails in flight, and closes the connections. */
  close(): Promise<void>;
}

/** Opens the transports of one kind. */
export interface TransportFactory<S extends TransportSettings> {
  /**
   * Returns a transport without connecting.
   *
   * @param settings without a `problem`
   * @param stopping aborts the mails in flight; its reason is an `Error` for administrators
   */
  open(settings: S, stopping: AbortSignal): MailTransport;
}

/** A kind of transport. */
export interface TransportKind<S extends TransportSettings = TransportSettings> {
  /** Name in `TransportSettings.kind`. */
  readonly name: S['kind'];
  /** Schemes of EMAIL_URL. */
  readonly schemes: readonly string[];
  /** Names of the settings that are secret. */
  readonly secrets: readonly string[];

  /** Returns the parts of a URL that are secret, apart from its password: `username`, or names of its parameters. */
  secretParts(scheme: string): readonly string[];

  /**
   * Returns the settings that EMAIL_URL describes.
   *
   * @param url with one of the `schemes`
   * @param settings for what the URL does not have, such as EMAIL_TIMEOUT
   * @throws Error whose message completes `EMAIL_URL` and contains no secret
   */
  parse(url: string, settings: Settings): S;

  /** Returns why nothing can be sent with these settings, for administrators; undefined if they are valid. */
  problem(settings: S): string | undefined;

  /** @param settings without a `problem` */
  describe(settings: S): TransportDescription;

  readonly factory: Type<TransportFactory<S>>;
  /** What `factory` injects. */
  readonly providers: readonly Provider[];
}
