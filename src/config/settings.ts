import { IsIn, MinLength } from 'class-validator';

import { webhookSecretProblem } from '../syntax/webhook-secret.js';
import { databaseUrlProblem, directUrlProblem } from './database-url.js';
import { footerLines } from './footer.js';
import { loopbackFreeNetworks } from './networks.js';
import { exactOrigins } from './origins.js';
import * as rules from './rules.js';
import {
  Colour,
  ConvertedBy,
  Flag,
  Moment,
  ReloadableSetting,
  RequiredWith,
  Secret,
  Setting,
  UrlWith,
  Valid,
  ValidWith,
  WholeNumber,
} from './setting.js';

const roles = ['all', 'api', 'worker'] as const;
const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const oneOf = { message: 'must be one of $constraint1' };
const tooShort = { message: 'must have at least $constraint1 characters' };

/** Every setting, in the order of `.env.example`: its purpose, its constraints and its default. */
export class Settings {
  @Setting('Address to listen on; 0.0.0.0 for every interface')
  readonly host: string = '127.0.0.1';

  @Setting('Port to listen on; 0 takes a free one')
  @WholeNumber(0, 65_535)
  readonly port: number = 9000;

  @Setting('Address that users reach (default http://HOST:PORT)')
  @UrlWith(['http://', 'https://'])
  @Valid(rules.baseUrlProblem)
  readonly publicUrl: string | undefined;

  @Setting('Where flows may end by ?next= apart from this service: exact origins, comma separated')
  @ConvertedBy(exactOrigins)
  readonly allowedRedirects: readonly string[] = [];

  @Setting('Reverse proxies whose X-Forwarded-* headers are believed: addresses and networks, comma separated')
  @ConvertedBy(rules.proxies)
  readonly trustProxy: readonly string[] = [];

  @Setting('What this process does: all, api or worker')
  @IsIn(roles, oneOf)
  readonly role: (typeof roles)[number] = 'all';

  @Setting('Seconds in which a whole request must arrive, with its headers and its body')
  @WholeNumber(1, 3600)
  readonly requestTimeout: number = 60;

  @Setting('Connections at the same time, a quarter of them for one client network; more are closed at once')
  @WholeNumber(1, 1_000_000)
  readonly maxConnections: number = 2000;

  @Setting('Megabytes that the bodies of all requests take at the same time')
  @WholeNumber(1, 65_536)
  readonly bodyMemory: number = 64;

  @Secret('Bearer token for /-/metrics/, at least 16 characters (default: nobody reads the metrics with a token)')
  @MinLength(16, tooShort)
  @Valid(rules.wordProblem)
  readonly metricsToken: string | undefined;

  @Setting('Networks whose clients read /-/metrics/ without a token, comma separated, such as 10.0.0.0/8; no loopback')
  @ConvertedBy(loopbackFreeNetworks)
  readonly metricsNetworks: readonly string[] = [];

  @Setting('Where to report vulnerabilities, in /.well-known/security.txt: mailto:, https: or tel:')
  @UrlWith(['mailto:', 'https://', 'tel:'])
  readonly securityContact: string | undefined;

  @Setting('Day on which that contact expires, at most a year ahead; required with SECURITY_CONTACT')
  @Moment()
  @RequiredWith('securityContact')
  readonly securityExpires: string | undefined;

  @ReloadableSetting('Least important lines that are logged: fatal, error, warn, info, debug, trace or silent')
  @IsIn(logLevels, oneOf)
  readonly logLevel: (typeof logLevels)[number] = 'info';

  @Setting('Folder for the embedded database, generated secrets and uploads')
  @ValidWith(rules.neededFolderProblem)
  readonly dataDir: string = './data';

  @Secret('PostgreSQL to use, postgres://user:password@host:port/name (default: an embedded server in DATA_DIR)')
  @Valid(databaseUrlProblem)
  readonly databaseUrl: string | undefined;

  @Secret('The same database without PgBouncer, if that is in transaction mode: for migrations and jobs')
  @ValidWith(directUrlProblem)
  readonly databaseDirectUrl: string | undefined;

  @Setting('Prepare frequent statements; false with PgBouncer before 1.21 in transaction mode')
  @Flag()
  readonly databasePrepare: boolean = true;

  @Setting('Database connections of this process for requests; a worker has up to 4 more for jobs')
  @WholeNumber(4, 1000)
  readonly databasePoolSize: number = 20;

  @Setting('Migrate the database at the start; false: the start is refused until `email-stage migrate` has run')
  @Flag()
  readonly migrateAtStart: boolean = true;

  @Setting('Seconds that one statement of a request can take; lists that are slower get 503')
  @WholeNumber(1, 3600)
  readonly statementTimeout: number = 15;

  @Setting(
    'Seconds after SIGTERM in which readiness fails and requests are still answered, for load balancers to notice',
  )
  @WholeNumber(0, 300)
  readonly shutdownDelay: number = 1;

  @Setting('Seconds after that for requests and mails in progress; other workers send the rest')
  @WholeNumber(1, 3600)
  readonly shutdownTimeout: number = 25;

  @Secret(
    'Encrypts stored secrets, at least 32 characters; required with DATABASE_URL (default: made once in DATA_DIR)',
  )
  @MinLength(32, tooShort)
  @RequiredWith('databaseUrl')
  readonly secretKey: string | undefined;

  @Secret('The key before SECRET_KEY, which still reads stored secrets while the key is rotated (npm run rotate-key)')
  @MinLength(32, tooShort)
  readonly secretKeyPrevious: string | undefined;

  @Secret('API token of the administrator, set at every start, at least 32 characters (default: random, shown once)')
  @MinLength(32, tooShort)
  @Valid(rules.tokenProblem)
  readonly bootstrapToken: string | undefined;

  @Setting('Email address of the administrator that the first start creates')
  @Valid(rules.recipientProblem)
  readonly bootstrapEmail: string = 'root@example.com';

  @Secret('Password of the administrator that the first start creates, at least 8 characters (default: none is set)')
  readonly bootstrapPassword: string | undefined;

  @Setting(
    'Seconds for the next step of a flow (for the first one an hour at most), and of a sign-in without a duration of its own',
  )
  @WholeNumber(300, 31_536_000)
  readonly sessionLifetime: number = 86_400;

  @ReloadableSetting(
    'Accounts that one client address can create in SIGN_UP_CLIENT_WINDOW; ten times as many forms with new passwords',
  )
  @WholeNumber(1, 1_000_000)
  readonly signUpClientLimit: number = 30;

  @ReloadableSetting('Seconds that this limit is for')
  @WholeNumber(1, 86_400)
  readonly signUpClientWindow: number = 300;

  @ReloadableSetting(
    'Wrong passwords, and wrong codes, that one client network can try; browsers that have signed in before count apart',
  )
  @WholeNumber(1, 1_000_000)
  readonly guessClientLimit: number = 60;

  @ReloadableSetting('Seconds in which that many are allowed again, evenly: by default one a minute')
  @WholeNumber(1, 86_400)
  readonly guessClientWindow: number = 3600;

  @ReloadableSetting('Days until unconfirmed accounts of sign-ups are deleted; 0: never')
  @WholeNumber(0, 3650)
  readonly unconfirmedRetention: number = 30;

  @ReloadableSetting('Name of the service, on pages and in mails: their sender, their subject and their text')
  @Valid(rules.nameProblem)
  readonly brandName: string = 'email-stage';

  @ReloadableSetting('Colour of buttons and links on pages and in mails, hexadecimal')
  @Colour()
  readonly brandColor: string = '2450c8';

  @ReloadableSetting('Image file of the logo: PNG, JPEG or GIF for pages and mails; SVG, WebP or AVIF for pages only')
  @Valid(rules.imageProblem)
  readonly brandLogo: string | undefined;

  @ReloadableSetting('Text at the end of mails, such as imprint and support address; \\n begins a new line')
  @ConvertedBy(footerLines)
  readonly brandFooter: string = '';

  @Setting(
    'Folder whose templates replace those of pages with the same name; a custom.css there is added to every page',
  )
  @Valid(rules.folderProblem)
  readonly pageTemplateDir: string | undefined;

  @Secret('How mails of the global settings are sent, such as smtp://user:password@host:587 (default: by EMAIL_HOST)')
  readonly emailUrl: string | undefined;

  @Setting('SMTP server of stages that use the global settings')
  @Valid(rules.serverProblem)
  readonly emailHost: string | undefined;

  @Setting('Port of that server')
  @WholeNumber(1, 65_535)
  readonly emailPort: number = 25;

  @Setting('User name for that server; empty: no authentication')
  @Valid(rules.credentialProblem)
  @ValidWith(rules.loginWithoutPassword)
  readonly emailUsername: string = '';

  @Secret('Password for that server')
  @Valid(rules.credentialProblem)
  readonly emailPassword: string | undefined;

  @Setting('Require STARTTLS')
  @Flag()
  readonly emailUseTls: boolean = false;

  @Setting('TLS from the first byte')
  @Flag()
  @ValidWith(rules.bothKindsOfTls)
  readonly emailUseSsl: boolean = false;

  @Setting('Seconds to wait for that server')
  @WholeNumber(1, 3600)
  readonly emailTimeout: number = 30;

  @Setting('Host name or [IP address] that the service gives to mail servers (default: those of this machine)')
  @Valid(rules.clientNameProblem)
  readonly emailHelo: string | undefined;

  @Setting('File of CA certificates (PEM) that mail servers may use in addition to the public ones')
  readonly emailCaFile: string | undefined;

  @Setting('Accept any certificate of mail servers; never for mails that matter')
  @Flag()
  readonly emailTlsInsecure: boolean = false;

  @Setting(
    'Log in to mail servers without TLS, where the password can be read on the way; without it only to this machine',
  )
  @Flag()
  readonly emailAllowClearLogin: boolean = false;

  @Setting('Sender of mails that use the global settings: an address, or City Library <books@library.example>')
  @Valid(rules.senderProblem)
  readonly emailFrom: string = 'email-stage@localhost';

  @Setting('Name of senders whose address has none, such as those of stages (default: BRAND_NAME)')
  @Valid(rules.nameProblem)
  readonly emailFromName: string | undefined;

  @Setting('Where answers to mails go (Reply-To): an address, or a name and an address (default: to the sender)')
  @Valid(rules.replyToProblem)
  readonly emailReplyTo: string | undefined;

  @Setting('Feedback-ID of mails, by which Google groups complaints, such as confirm:library:mails:example')
  @Valid(rules.feedbackIdProblem)
  readonly emailFeedbackId: string | undefined;

  @Setting('Name servers that checks of senders ask: IP addresses, comma separated (default: those of the system)')
  @ConvertedBy(rules.nameServers)
  readonly dnsServers: readonly string[] = [];

  @Setting('Folder of custom mail templates')
  @Valid(rules.laterFolderProblem)
  readonly emailTemplateDir: string = '/templates';

  @Setting('How many mails a worker sends at a time')
  @WholeNumber(1, 500)
  readonly mailConcurrency: number = 50;

  @Setting('Most connections of a worker to one mail server; fewer while the server refuses some')
  @WholeNumber(1, 500)
  readonly smtpConnections: number = 5;

  @Setting('Seconds after which a mail is taken from a worker that gives no sign of life')
  @WholeNumber(2, 3600)
  readonly mailLease: number = 30;

  @ReloadableSetting('Days that sent and failed mails are kept in the list of messages')
  @WholeNumber(1, 3650)
  readonly mailRetention: number = 30;

  @ReloadableSetting('Mails that one client address can have sent in MAIL_CLIENT_WINDOW')
  @WholeNumber(1, 1_000_000)
  readonly mailClientLimit: number = 30;

  @ReloadableSetting('Seconds that this limit is for')
  @WholeNumber(1, 86_400)
  readonly mailClientWindow: number = 300;

  @ReloadableSetting('Whether having a mail sent again ends the link in the one before')
  @Flag()
  readonly mailEndsOlderLinks: boolean = true;

  @ReloadableSetting('Seconds a mail may be overdue before a worker reports that it is not ready')
  @WholeNumber(10, 86_400)
  readonly mailMaxAge: number = 900;

  @ReloadableSetting('Days that events are kept; 0: they are never deleted')
  @WholeNumber(0, 36_500)
  readonly eventRetention: number = 365;

  @Setting('Where events are shipped, one JSON object a line: stdout (default: nowhere)')
  @IsIn(['stdout'], oneOf)
  @ValidWith(rules.bothEventTargets)
  readonly eventLog: 'stdout' | undefined;

  @Secret('Webhook that events are shipped to, as Standard Webhooks describes it')
  @UrlWith(['http://', 'https://'])
  readonly eventWebhookUrl: string | undefined;

  @Secret('Signs those messages: whsec_ and 24 to 64 random bytes in base64; required with EVENT_WEBHOOK_URL')
  @Valid(webhookSecretProblem)
  @RequiredWith('eventWebhookUrl')
  readonly eventWebhookSecret: string | undefined;

  @Setting('Folder of blueprints, files of flows and stages, that are applied at every start after they have changed')
  @Valid(rules.folderProblem)
  readonly blueprintDir: string | undefined;

  @Setting('Environment variables that blueprints may read with !Env, comma separated')
  readonly blueprintEnv: string = '';

  @ReloadableSetting('API tokens and app passwords that one user can have; expired ones do not count')
  @WholeNumber(1, 1_000_000)
  readonly tokensPerUser: number = 100;

  @ReloadableSetting('Invitations that one user can have created')
  @WholeNumber(1, 1_000_000)
  readonly invitationsPerUser: number = 1000;
}

/** Where users reach this service, without a slash at the end. */
export function publicUrl(settings: Settings, port = settings.port): string {
  const host = settings.host.includes(':') ? `[${settings.host}]` : settings.host;
  return (settings.publicUrl ?? `http://${host}:${port}`).replace(/\/+$/, '');
}

/** Injects the settings. */
export const SETTINGS = Symbol('settings');
