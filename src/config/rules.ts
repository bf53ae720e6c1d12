import { createPublicKey } from 'node:crypto';
import { Resolver } from 'node:dns';
import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import { compile } from '@fastify/proxy-addr';

import { addressProblem } from '../syntax/email-address.js';
import { headerTextProblem } from '../syntax/header-text.js';
import { imageKindOf } from '../syntax/image-kind.js';
import { mailAddressProblem, readMailAddress } from '../syntax/mail-address.js';
import { hostProblem, isClientName, loginProblem } from '../syntax/mail-host.js';
import { webhookSecretProblem } from '../syntax/webhook-secret.js';

// Rules of the places where settings are used. Each returns a message that completes the name of the variable.

/** A mailbox that mails are sent from. */
export function senderProblem(value: string): string | undefined {
  const problem = mailAddressProblem('sender', readMailAddress(value));
  if (problem === undefined) return undefined;
  return `must be an address, or a name and an address such as City Library <books@library.example>. ${problem}`;
}

/** The address that answers go to. */
export function replyToProblem(value: string): string | undefined {
  const problem = mailAddressProblem('reply address', readMailAddress(value));
  if (problem === undefined) return undefined;
  return `must be an address, or a name and an address such as City Library <desk@library.example>. ${problem}`;
}

/** The value of `Feedback-ID`. */
export function feedbackIdProblem(value: string): string | undefined {
  return /^[!-~]{1,200}$/.test(value) ? undefined : 'must have at most 200 ASCII characters, without blanks';
}

/** User names and passwords of webhooks that come from a provider. */
export function feedbackLoginProblem(value: string): string | undefined {
  const isLogin = words(value).every((word) => /^[^:]+:.{16,}$/.test(word));
  return isLogin ? undefined : 'must be user:password with a password of 16 characters or more';
}

/** Secrets that sign webhooks of a provider. */
export function feedbackSecretProblem(value: string): string | undefined {
  return words(value).map(webhookSecretProblem).find(Boolean);
}

/** Keys that verify webhooks of a provider. */
export function feedbackKeyProblem(value: string): string | undefined {
  return words(value).every(isVerificationKey)
    ? undefined
    : 'must be the verification key that SendGrid shows, in base64';
}

/** Topics of Amazon SNS. */
export function feedbackTopicProblem(value: string): string | undefined {
  const isTopic = (word: string): boolean => /^arn:aws(-[a-z-]+)?:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/.test(word);
  return words(value).every(isTopic)
    ? undefined
    : 'must be ARNs such as arn:aws:sns:eu-west-1:123456789012:mail-feedback';
}

function isVerificationKey(text: string): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' });
    return key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
  } catch {
    return false;
  }
}

function words(value: string): string[] {
  return value.split(' ').filter((word) => word !== '');
}

/** An address that mails are sent to. */
export function recipientProblem(value: string): string | undefined {
  const problem = addressProblem('recipient', value);
  return problem === undefined ? undefined : `must be one email address. ${problem}`;
}

/** A name of senders, for the header of mails. */
export function nameProblem(value: string): string | undefined {
  const problem = headerTextProblem('name', value);
  return problem === undefined ? undefined : `cannot be the name of a sender of mails. ${problem}`;
}

/** A mail server. */
export function serverProblem(value: string): string | undefined {
  const problem = hostProblem(value);
  return problem === undefined ? undefined : `must be a host name or an IP address. ${problem}`;
}

/** The argument of EHLO. */
export function clientNameProblem(value: string): string | undefined {
  return isClientName(value) ? undefined : 'must be a host name, or an IP address in brackets such as [192.0.2.1]';
}

/** A user name or password for a mail server. */
export function credentialProblem(value: string): string | undefined {
  return loginProblem('username', value) === undefined ? undefined : 'must not contain control characters';
}

/** A token that clients send in a header field. */
export function tokenProblem(value: string): string | undefined {
  return /^[ -~]+$/.test(value) ? undefined : 'must consist of ASCII characters';
}

/** A token that ends at a blank. */
export function wordProblem(value: string): string | undefined {
  return /^[!-~]+$/.test(value) ? undefined : 'must consist of ASCII characters, without blanks';
}

/** The address of the service, to which paths are appended. */
export function baseUrlProblem(value: string): string | undefined {
  if (!URL.canParse(value)) return undefined;
  const { username, password, pathname } = new URL(value);
  const isPlain = username === '' && password === '' && pathname === '/' && !/[?#]/.test(value);
  return isPlain ? undefined : 'must have a host, and a port if needed, but no path, query, fragment or user name';
}

/**
 * Reads addresses and networks of proxies, comma separated.
 *
 * @throws Error whose message completes the name of a setting
 */
export function proxies(text: string): string[] {
  const all = text.split(',').map((part) => part.trim());
  for (const proxy of all) {
    try {
      compile(proxy);
    } catch {
      throw new Error(
        `must be addresses and networks such as 10.0.0.0/8, not ${proxy === '' ? 'an empty one' : proxy}`,
      );
    }
  }
  return all;
}

/**
 * Reads addresses of name servers, comma separated, each with a port if it is not 53.
 *
 * @throws Error whose message completes the name of a setting
 */
export function nameServers(text: string): string[] {
  const all = text.split(',').map((part) => part.trim());
  for (const server of all) {
    try {
      new Resolver().setServers([server]);
    } catch {
      throw new Error(
        `must be IP addresses such as 9.9.9.9 or [2620:fe::fe]:53, not ${server === '' ? 'an empty one' : server}`,
      );
    }
  }
  return all;
}

/** A file of an image that browsers display. */
export function imageProblem(path: string): string | undefined {
  if (!/\.(svg|png|jpe?g|webp|gif|avif)$/i.test(path)) {
    return 'must be a file that ends in .svg, .png, .jpg, .jpeg, .webp, .gif or .avif';
  }
  return pathProblem(path, 'file') ?? (isImage(path) ? undefined : `is not an image: ${path}`);
}

function isImage(path: string): boolean {
  const content = readFileSync(path);
  return /\.svg$/i.test(path) ? content.includes('<svg') : imageKindOf(content) !== undefined;
}

/** A folder with files of the operator. */
export function folderProblem(path: string): string | undefined {
  return pathProblem(path, 'folder');
}

/** A folder that is looked up at each use, and so may be made later. */
export function laterFolderProblem(path: string): string | undefined {
  return existsSync(path) ? folderProblem(path) : undefined;
}

/** A folder for files of the service, which is made if there is none. */
export function dataFolderProblem(path: string): string | undefined {
  let folder = resolve(path);
  while (!existsSync(folder)) folder = dirname(folder);
  try {
    if (!statSync(folder).isDirectory()) return `is not a folder: ${folder}`;
    accessSync(folder, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return `cannot be written to (${(error as NodeJS.ErrnoException).code ?? ''}): ${folder}`;
  }
}

function pathProblem(path: string, kind: 'file' | 'folder'): string | undefined {
  try {
    const status = statSync(path);
    if (kind === 'file' ? !status.isFile() : !status.isDirectory()) return `is not a ${kind}: ${path}`;
    accessSync(path, kind === 'file' ? constants.R_OK : constants.R_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? `names a ${kind} that does not exist: ${path}` : `cannot be read (${code}): ${path}`;
  }
}

/** A proxy for connections to mail servers and providers. The message contains no password. */
export function proxyProblem(text: string): string | undefined {
  const usual = 'must be socks5://host:port or http://host:port, with user:password@ if the proxy wants it';
  if (!/^(socks5|http):\/\/[^\s/?#]+\/?$/i.test(text) || !URL.canParse(text)) return usual;
  const { hostname, port, protocol } = new URL(text);
  // `URL` drops the usual port of its scheme.
  const isNamed = port !== '' || (protocol === 'http:' && /:80\/?$/.test(text));
  return hostname === '' || !isNamed ? usual : undefined;
}

/** Whether STARTTLS and TLS from the first byte are both set. */
export function bothKindsOfTls(settings: {
  readonly emailUseTls: boolean;
  readonly emailUseSsl: boolean;
}): string | undefined {
  return settings.emailUseTls && settings.emailUseSsl
    ? 'and EMAIL_USE_TLS are both set; EMAIL_USE_TLS is for port 587 or 25, EMAIL_USE_SSL for port 465'
    : undefined;
}

/** Whether events are shipped to two places. */
export function bothEventTargets(settings: {
  readonly eventLog?: string;
  readonly eventWebhookUrl?: string;
}): string | undefined {
  const isBoth = settings.eventLog !== undefined && settings.eventWebhookUrl !== undefined;
  return isBoth ? 'and EVENT_WEBHOOK_URL are both set; set one' : undefined;
}

/** Whether a user name for the mail server is set without its password. */
export function loginWithoutPassword(settings: {
  readonly emailHost?: string;
  readonly emailUsername: string;
  readonly emailPassword?: string;
}): string | undefined {
  const { emailHost, emailUsername, emailPassword } = settings;
  const isWithout = emailHost !== undefined && emailUsername !== '' && emailPassword === undefined;
  return isWithout ? 'is set without EMAIL_PASSWORD' : undefined;
}

/** Returns why the service cannot keep in DATA_DIR what has no setting; undefined if it can, or needs not. */
export function neededFolderProblem(settings: {
  readonly databaseUrl?: string;
  readonly secretKey?: string;
  readonly emailHost?: string;
  readonly emailUrl?: string;
  readonly dataDir: string;
}): string | undefined {
  const { databaseUrl, secretKey, emailHost, emailUrl, dataDir } = settings;
  return [databaseUrl, secretKey, emailUrl ?? emailHost].includes(undefined) ? dataFolderProblem(dataDir) : undefined;
}
