import type { Socket } from 'node:net';

import SMTPConnection from 'nodemailer/lib/smtp-connection';

import type { SecretMask } from '../secret-mask.js';

/** What `GuardedConnection` uses of nodemailer beyond its types. */
interface Internals {
  readonly _responseQueue: string[];
  readonly _remainder: string;
  readonly _responsePartial: boolean;
  readonly _responseActions: ((reply: string) => void)[];
  readonly options: { readonly greetingTimeout: number; readonly requireTLS: boolean };
  _sendCommand(line: string, loggedLine?: string): void;
  _onData(chunk: Buffer): void;
  _processResponse(): void;
  _actionEHLO(reply: string): void;
  _upgradeConnection(callback: (error: Error | null, isSecured?: boolean) => void): void;
  _remainingSetupTime(): number;
  _onError(error: Error, code: string, reply: string | false, command: string): void;
}

/** The class with those members, which its types omit; package.json therefore pins the version. */
const Connection = SMTPConnection as unknown as new (
  options: SMTPConnection.Options,
) => Omit<SMTPConnection, keyof Internals> & Internals;

/**
 * nodemailer's connection (10.6.0) with the rules that it lacks. Line numbers are those of
 * `dist/esm/smtp-connection/index.js`; the tests in `test/mail/` fail without the override.
 *
 * nodemailer's pool cannot be used with it: the pool makes its connections itself (`smtp-pool/pool-resource.js`, 103).
 */
export class GuardedConnection extends Connection {
  /** Mechanisms in the latest EHLO reply; nodemailer forgets them when STARTTLS is refused (line 1617). */
  offered: readonly string[] = [];
  /** The latest EHLO reply of a server that accepts EHLO. */
  private hello = '';

  /** @param mask receives the secrets that are sent, because some servers repeat them */
  constructor(
    private readonly mask: SecretMask,
    options: SMTPConnection.Options,
  ) {
    super(options);
  }

  /** Whether the latest EHLO reply names the extension. */
  offers(extension: string): boolean {
    return new RegExp(`^\\d+[ -]${extension}\\b`, 'im').test(this.hello);
  }

  /** Sends a command that nodemailer does not send by itself, and returns the reply. */
  exchange(line: string, callback: (reply: string) => void): void {
    this._responseActions.push(callback);
    this._sendCommand(line);
  }

  /** The socket; undefined before it is connected. */
  get socket(): Socket | undefined {
    return this._socket === false || this._socket === null ? undefined : this._socket;
  }

  /**
   * Takes a reply even if the beginning of another one follows; nodemailer waits for its end (line 876).
   * `transport-tls.spec.ts`: cannot inject the beginning of a reply into the TLS session.
   */
  override _onData(chunk: Buffer): void {
    super._onData(chunk);
    if (this._responsePartial && this._responseQueue.length > 1) this._processResponse();
  }

  /**
   * Refuses data that was received before the command: it must not be taken for the reply (RFC 3207, 6; CVE-2021-38371).
   * nodemailer believes it after the greeting (line 1466). `transport-tls.spec.ts`: cannot inject replies ahead of commands.
   */
  override _sendCommand(line: string, loggedLine?: string): void {
    // With PIPELINING, several commands wait for their replies.
    const isAlone = this._responseActions.length <= 1;
    if (loggedLine !== undefined) this.mask.add(line.slice(line.lastIndexOf(' ') + 1));
    if (isAlone && this.hasUnreadData) this.refuseData();
    else super._sendCommand(line, loggedLine);
  }

  /** As `_sendCommand`; nodemailer drops such data and goes on (line 1068). `transport-tls.spec.ts`: cannot inject %s. */
  override _upgradeConnection(callback: (error: Error | null, isSecured?: boolean) => void): void {
    if (this.hasUnreadData) this.refuseData();
    else super._upgradeConnection(callback);
  }

  /**
   * Says HELO only to servers that do not take EHLO (RFC 1869, 4.5) or its argument, and STARTTLS only to servers that offer
   * it. nodemailer says HELO after every refusal (line 1502), and STARTTLS without an offer (line 1511).
   * `transport-failures.spec.ts`: at %s defers the mail for %s; `transport-tls.spec.ts`: gets neither credentials nor mail.
   */
  override _actionEHLO(reply: string): void {
    const isAccepted = reply.startsWith('2');
    if (!isAccepted && !/^50[0124]/.test(reply)) {
      this._onError(new Error('EHLO refused'), 'EPROTOCOL', reply, 'EHLO');
      return;
    }
    this.hello = isAccepted ? reply : '';
    this.offered = mechanismsIn(this.hello);
    if (this.options.requireTLS && !this.secure && !this.offers('STARTTLS')) {
      this._onError(new Error('STARTTLS not offered'), 'ENOTLS', false, 'EHLO');
      return;
    }
    super._actionEHLO(reply);
  }

  /**
   * Gives each step its own time. nodemailer gives the greeting and the TLS handshake what the connection left (line 408).
   * `transport-failures.spec.ts`: times out at %s.
   */
  override _remainingSetupTime(): number {
    return this.options.greetingTimeout;
  }

  private get hasUnreadData(): boolean {
    return this._remainder !== '' || this._responseQueue.some((reply) => reply.trim() !== '');
  }

  private refuseData(): void {
    this._onError(new Error('unsolicited data'), 'EUNSOLICITED', false, 'CONN');
  }
}

function mechanismsIn(hello: string): string[] {
  return [...hello.matchAll(/^\d+[ -]AUTH[ =](.*)$/gim)].flatMap(([, names = '']) =>
    names
      .toUpperCase()
      .split(/[\s=]+/)
      .filter((name) => name !== ''),
  );
}
