import type { DataSourceOptions } from 'typeorm';

import type { Settings } from './config/settings.js';
import { AccountAddress } from './core/addresses/account-address.entity.js';
import { Group } from './core/groups/group.entity.js';
import { IdempotencyRecord } from './core/idempotency/idempotency-record.entity.js';
import { RequestLimit } from './core/limits/request-limit.entity.js';
import { PermissionGrant } from './core/permissions/permission-grant.entity.js';
import { Role } from './core/permissions/role.entity.js';
import { RunAnswers } from './core/sessions/run-answers.entity.js';
import { Session } from './core/sessions/session.entity.js';
import { Token } from './core/tokens/token.entity.js';
import { User } from './core/users/user.entity.js';
import { ActorSubscriber } from './database/actor.js';
import { DatabaseClient } from './database/database-client.js';
import { migrations } from './database/migrations/migrations.js';
import { NamingStrategy } from './database/naming-strategy.js';
import { pooledClient } from './database/pooled-client.js';
import { Event } from './events/event.entity.js';
import { OutgoingEvent } from './events/outbox/outgoing-event.entity.js';
import { FlowToken } from './flow-execution/flow-token.entity.js';
import { FlowStatistic } from './flow-execution/statistics/flow-statistic.entity.js';
import { FlowStageBinding } from './flows/flow-stage-binding.entity.js';
import { Flow } from './flows/flow.entity.js';
import { Stage } from './flows/stage.entity.js';
import { TransportRate } from './mail/delivery/transport-rate.entity.js';
import { TransportSlot } from './mail/delivery/transport-slot.entity.js';
import { DkimKey } from './mail/domains/dkim-key.entity.js';
import { MailDomain } from './mail/domains/mail-domain.entity.js';
import { MailFeedback } from './mail/feedback/feedback.entity.js';
import { NotMeLink } from './mail/not-me/not-me-link.entity.js';
import { DeliveryAttempt } from './mail/outbox/delivery-attempt.entity.js';
import { MailMessage } from './mail/outbox/mail-message.entity.js';
import { MailTemplateVersion } from './mail/stored-templates/mail-template-version.entity.js';
import { MailTemplate } from './mail/stored-templates/mail-template.entity.js';
import { Suppression } from './mail/suppressions/suppression.entity.js';
import { NamedTransport } from './mail/transports/named-transport.entity.js';
import { BlueprintInstance } from './managed/blueprint-instance.entity.js';
import { NotificationRuleTransport } from './notifications/notification-rule-transport.entity.js';
import { NotificationRule } from './notifications/notification-rule.entity.js';
import { Notification } from './notifications/notification.entity.js';
import { EventMatcherPolicy } from './policies/event-matcher/event-matcher-policy.entity.js';
import { ExpressionPolicy } from './policies/expression/expression-policy.entity.js';
import { PasswordPolicy } from './policies/password/password-policy.entity.js';
import { PolicyBinding } from './policies/policy-binding.entity.js';
import { Policy } from './policies/policy.entity.js';
import { PromptStagePolicy } from './policies/prompt-stage-policy.entity.js';
import { preparingClient } from './rest/cache/prepared-statements.js';
import { Consent } from './stages/consent/consent.entity.js';
import { Invitation } from './stages/invitation/invitation.entity.js';
import { PromptStageField } from './stages/prompt/prompt-stage-field.entity.js';
import { Prompt } from './stages/prompt/prompt.entity.js';
import { stageDefinitions } from './stages/stage-definitions.js';
import { SigningKey } from './verifications/signing/signing-key.entity.js';
import { Verification } from './verifications/verification.entity.js';
import { NotificationTransport } from './webhooks/notification-transport.entity.js';
import { WebhookAttempt } from './webhooks/webhook-attempt.entity.js';
import { WebhookDelivery } from './webhooks/webhook-delivery.entity.js';
import { WebhookEndpoint } from './webhooks/webhook-endpoint.entity.js';

type DatabaseSettings = Pick<
  Settings,
  'statementTimeout' | 'databasePoolSize' | 'databasePrepare' | 'databaseDirectUrl'
>;

const defaults: DatabaseSettings = {
  statementTimeout: 0,
  databasePoolSize: 20,
  databasePrepare: true,
  databaseDirectUrl: undefined,
};

/**
 * Returns the TypeORM options for the application, the TypeORM command line and the tests.
 *
 * @param url a PostgreSQL connection URL
 * @param settings statementTimeout in seconds; 0: no limit
 */
export function dataSourceOptions(url: string, settings: DatabaseSettings = defaults): DataSourceOptions {
  const limits = { statement_timeout: settings.statementTimeout * 1000, idle_in_transaction_session_timeout: 60_000 };
  // A database with another, direct URL is behind a pooler in transaction mode.
  const isPooled = settings.databaseDirectUrl !== undefined;
  const Client = isPooled ? pooledClient(DatabaseClient, limits) : DatabaseClient;
  return {
    type: 'postgres',
    url,
    applicationName: 'email-stage',
    entities: [
      User,
      AccountAddress,
      Group,
      Role,
      PermissionGrant,
      Token,
      RunAnswers,
      Session,
      IdempotencyRecord,
      RequestLimit,
      Event,
      Flow,
      Stage,
      ...stageDefinitions.map(({ entity }) => entity),
      FlowStageBinding,
      Prompt,
      PromptStageField,
      Invitation,
      Consent,
      FlowStatistic,
      FlowToken,
      Policy,
      EventMatcherPolicy,
      ExpressionPolicy,
      PasswordPolicy,
      PolicyBinding,
      PromptStagePolicy,
      BlueprintInstance,
      MailMessage,
      DeliveryAttempt,
      DkimKey,
      MailDomain,
      MailTemplate,
      MailTemplateVersion,
      NamedTransport,
      MailFeedback,
      Suppression,
      NotMeLink,
      TransportRate,
      TransportSlot,
      Verification,
      SigningKey,
      OutgoingEvent,
      NotificationTransport,
      NotificationRule,
      NotificationRuleTransport,
      Notification,
      WebhookEndpoint,
      WebhookDelivery,
      WebhookAttempt,
    ],
    subscribers: [ActorSubscriber],
    migrations,
    migrationsTableName: 'migration',
    migrationsTransactionMode: 'each',
    namingStrategy: new NamingStrategy(),
    synchronize: false,
    installExtensions: false,
    poolSize: settings.databasePoolSize,
    extra: {
      ...(isPooled ? {} : limits),
      // Also the time that a request waits for a connection of the pool.
      connectionTimeoutMillis: 10_000,
      Client: settings.databasePrepare ? preparingClient(Client) : Client,
    },
  };
}
