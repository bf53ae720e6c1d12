import { type DynamicModule, Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource, type DataSourceOptions } from 'typeorm';

import { DatabaseClock } from './database-clock.js';
import { Housekeeping } from './housekeeping.js';
import { JobQueue } from './job-queue.js';
import { migrate, requireMigrated } from './migrate.js';
import { NodeRegistry } from './node-registry.js';
import { OldRevisions } from './old-revisions.js';
import { SecretBox } from './secret-box.js';
import { checkSecretKey } from './secret-check.js';
import { StartRefused } from './start-refused.js';

export interface DatabaseModuleOptions {
  readonly dataSource: DataSourceOptions;
  /** URL that leads to the server without a pooler, for migrations. */
  readonly directUrl?: string;
  readonly secretKey: string;
  /** SECRET_KEY_PREVIOUS, while SECRET_KEY is rotated. */
  readonly previousSecretKey?: string | undefined;
  /** False: does not connect, for work that needs the application but no data. */
  readonly connect: boolean;
  /** False: does not migrate the database, and refuses one that is not migrated. */
  readonly migrateAtStart: boolean;
  /** Called before work that takes time, such as a migration. */
  readonly report: (line: string) => void;
}

/** The database connection and the secret box. */
@Global()
@Module({})
export class DatabaseModule {
  static forRoot(options: DatabaseModuleOptions): DynamicModule {
    const { dataSource, directUrl, secretKey, previousSecretKey, connect, migrateAtStart, report } = options;
    const secrets = new SecretBox(secretKey, previousSecretKey);
    return {
      module: DatabaseModule,
      imports: [
        TypeOrmModule.forRootAsync({
          useFactory: () => ({
            ...dataSource,
            retryAttempts: connect ? 10 : 0,
            retryDelay: 1000,
            toRetry: (error: unknown) => !(error instanceof StartRefused),
            verboseRetryLog: true,
            manualInitialization: !connect,
          }),
          dataSourceFactory: async (options) => {
            const made = new DataSource(options as DataSourceOptions);
            if (!connect) return made;
            await made.initialize();
            try {
              await (migrateAtStart ? migrate(made, report, directUrl) : requireMigrated(made));
              await checkSecretKey(made, secrets);
            } catch (error) {
              await made.destroy();
              throw error;
            }
            return made;
          },
        }),
      ],
      providers: [
        DatabaseClock,
        Housekeeping,
        JobQueue,
        NodeRegistry,
        OldRevisions,
        { provide: SecretBox, useValue: secrets },
      ],
      exports: [DatabaseClock, Housekeeping, JobQueue, NodeRegistry, SecretBox],
    };
  }
}
