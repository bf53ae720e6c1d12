import { IsIn, MinLength } from 'class-validator';

import { databaseUrlProblem, directUrlProblem } from './database-url.js';
import { loopbackFreeNetworks } from './networks.js';
import { exactOrigins } from './origins.js';
import * as rules from './rules.js';
import {
  ConvertedBy,
  Flag,
  Moment,
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

const roles = ['all', 'api', 'worker'] as const;
const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** The settings of the process, its clients, its database and its keys: the first ones of `.env.example`. */
export class ServerSettings {
  @Setting('Address to listen on; 0.0.0.0 for every interface')
  readonly host: string = '127.0.0.1';

  @Setting('Port to listen on; 0 takes a free one')
  @WholeNumber(0, 65_535)
  readonly port: number = 9000;

  @Setting('Address that users reach (default http://HOST:PORT)')
  @UrlWith(['http://', 'https://'])
  @Valid(rules.baseUrlProblem)
  readonly publicUrl: string | undefined;

  @Setting(
    'Where flows may end by ?next=, and links of verifications lead, apart from this service: exact origins, comma separated',
  )
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
}
