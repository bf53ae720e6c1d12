import type { IncomingHttpHeaders } from 'node:http';

import { isSame } from './feedback-json.js';

/** Whether a request has this user name and password, `user:password`, as HTTP Basic (RFC 7617). */
export function hasLogin({ authorization = '' }: IncomingHttpHeaders, login: string): boolean {
  return isSame(authorization, `Basic ${Buffer.from(login).toString('base64')}`);
}
