import { tokenKeyPlace } from '../core/access/token-key.js';
import { statePlace } from '../core/sessions/session.service.js';
import type { SealedColumn } from '../database/reseal.js';
import { checkPlace, lastingKeyPlace } from '../database/secret-check.js';
import { planPlace } from '../flow-execution/flow-token.service.js';
import { answersPlace } from '../flow-execution/run-answers.service.js';
import { dkimKeyPlace } from '../mail/domains/dkim-key.entity.js';
import { transportUrlPlace } from '../mail/transports/named-transport.entity.js';
import { emailPasswordPlace } from '../stages/email/email-stage.service.js';
import { signingKeyPlace } from '../verifications/signing/signing-key.entity.js';
import { previousSecretPlace, webhookSecretPlace } from '../webhooks/webhook-endpoint.entity.js';

/** All columns with values that are sealed with SECRET_KEY. The check value is the last: it shows that the rest is done. */
export const sealedColumns: readonly SealedColumn[] = [
  { table: 'stage', column: 'password', key: 'stage_uuid', keyType: 'uuid', place: () => emailPasswordPlace },
  { table: 'dkim_key', column: 'private_key', key: 'key_uuid', keyType: 'uuid', place: () => dkimKeyPlace },
  { table: 'signing_key', column: 'private_key', key: 'key_uuid', keyType: 'uuid', place: () => signingKeyPlace },
  {
    table: 'webhook_endpoint',
    column: 'secret',
    key: 'endpoint_uuid',
    keyType: 'uuid',
    place: () => webhookSecretPlace,
  },
  {
    table: 'webhook_endpoint',
    column: 'previous_secret',
    key: 'endpoint_uuid',
    keyType: 'uuid',
    place: () => previousSecretPlace,
  },
  { table: 'named_transport', column: 'url', key: 'transport_uuid', keyType: 'uuid', place: () => transportUrlPlace },
  { table: 'token', column: 'sealed_key', key: 'token_uuid', keyType: 'uuid', place: () => tokenKeyPlace },
  { table: 'run_answers', column: 'data', key: 'key', keyType: 'text', place: answersPlace },
  { table: 'flow_token', column: 'plan', key: 'token_uuid', keyType: 'uuid', place: planPlace },
  { table: 'session', column: 'state', key: 'key_hash', keyType: 'bytea', place: () => statePlace },
  { table: 'secret_check', column: 'lasting_key', key: 'id', keyType: 'boolean', place: () => lastingKeyPlace },
  { table: 'secret_check', column: 'sealed', key: 'id', keyType: 'boolean', place: () => checkPlace },
];
