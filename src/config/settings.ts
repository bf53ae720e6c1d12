import { IsIn, MinLength } from 'class-validator';

import { webhookSecretProblem } from '../syntax/webhook-secret.js';
import { footerLines } from './footer.js';
import { networksIn } from './networks.js';
import * as rules from './rules.js';
import { ServerSettings } from './server-settings.js';
import {
  Colour,
  ConvertedBy,
  Flag,
  oneOf,
  ReloadableSetting,
  RequiredWith,
  Secret,
  Setting,
  tooShort,
  UrlWith,
  Valid,
  ValidWith,
  WholeNumber,
} from './setting.js';

/** Every setting, in the order of `.env.example`: its purpose, its constraints and its default. */
export class Settings extends ServerSettings {
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

  @Setting('Seconds after a sign-in in which users can change their addresses without their password')
  @WholeNumber(60, 86_400)
  readonly sessionFresh: number = 600;

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

  @Secret(
    'Proxy of all connections that send mails: socks5://user:password@host:1080 or http://host:3128 (default: none)',
  )
  @Valid(rules.proxyProblem)
  readonly emailProxy: string | undefined;

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

  @Secret('User names and passwords of the webhooks of Postmark, user:password; several with a space between them')
  @Valid(rules.feedbackLoginProblem)
  readonly emailFeedbackPostmark: string | undefined;

  @Secret('Signing secrets of the webhooks of Resend, whsec_…; several with a space between them')
  @Valid(rules.feedbackSecretProblem)
  readonly emailFeedbackResend: string | undefined;

  @Secret('Verification keys of the event webhooks of SendGrid; several with a space between them')
  @Valid(rules.feedbackKeyProblem)
  readonly emailFeedbackSendgrid: string | undefined;

  @Secret('Webhook signing keys of Mailgun; several with a space between them')
  readonly emailFeedbackMailgun: string | undefined;

  @Setting('ARNs of the Amazon SNS topics with the notifications of Amazon SES; several with a space between them')
  @Valid(rules.feedbackTopicProblem)
  readonly emailFeedbackSes: string | undefined;

  @Secret('User names and passwords for bounces that arrive as mails, user:password; several with a space between them')
  @Valid(rules.feedbackLoginProblem)
  readonly emailFeedbackMessage: string | undefined;

  @ReloadableSetting('Whether an address whose provider reports a bounce or a complaint gets no more mails')
  @Flag()
  readonly emailFeedbackSuppresses: boolean = true;

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

  @ReloadableSetting('Mails of verifications that one API caller can request in a minute')
  @WholeNumber(1, 1_000_000)
  readonly verificationCallerLimit: number = 600;

  @ReloadableSetting('Days that verifications are kept after they have expired, with their addresses')
  @WholeNumber(1, 3650)
  readonly verificationRetention: number = 30;

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

  @Setting(
    'Networks that URLs from API clients, such as those of webhooks, may reach apart from public addresses, comma separated',
  )
  @ConvertedBy(networksIn)
  readonly webhookAllow: readonly string[] = [];

  @ReloadableSetting('Days that events for webhooks and their deliveries are kept')
  @WholeNumber(1, 3650)
  readonly webhookRetention: number = 30;

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
