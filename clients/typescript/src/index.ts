export { ApiError, type Client, type ClientOptions, createClient, dataOf } from './client.js';
export { rowsOf } from './rows.js';
export type { components, paths } from './schema.js';
export { type ResultClaims, resultReader } from './result.js';
export { type Verification, type VerificationRequest, verify, type VerifyOptions } from './verify.js';
export { readWebhook, type WebhookEvent } from './webhook.js';
