import type { Columns } from '../rest/list/list-query.js';
import type { VerificationDto } from './dto/verification.dto.js';
import { reasonOf, statusOf } from './verification-states.js';
import { maxAttempts } from './verification-store.js';

const current = { status: 'verification.status', message: 'verification.message', expires: 'verification.expires' };

/** Columns of a verification, in a statement with the alias `verification`. */
export const verificationColumns = {
  pk: 'verification.pk',
  status: statusOf(current),
  email: 'verification.email',
  method: 'verification.method',
  stage: 'verification.stageId',
  template: 'verification.template',
  locale: 'verification.locale',
  redirect_url: 'verification.redirectUrl',
  data: 'verification.data',
  external_id: 'verification.externalId',
  message: 'verification.message',
  mails: 'verification.mails',
  attempts: 'verification.attempts',
  created_by: 'verification.createdById',
  created: 'verification.created',
  expires: 'verification.expires',
  approved_at: 'verification.approvedAt',
  approved_by: 'verification.approvedBy',
  user: 'verification.userId',
  reason: reasonOf(current),
} satisfies Columns;

/** A row of those columns. */
export type VerificationRow = Pick<VerificationDto, keyof typeof verificationColumns>;

/** Returns the response for a verification. */
export function verificationResponse(row: VerificationRow): VerificationDto {
  return { ...row, attempts_left: Math.max(0, maxAttempts - row.attempts) };
}
