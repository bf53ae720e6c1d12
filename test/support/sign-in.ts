import type { Answer } from './api-client.js';
import { Visitor } from './visitor.js';

/** Attempts a sign-in in a new session. @returns all responses, in order */
export async function attemptSignIn(
  url: string,
  slug: string,
  uid_field: string,
  password: string,
  isOneStep: boolean,
): Promise<Answer[]> {
  const visitor = new Visitor(url);
  if (isOneStep) return [await visitor.post(slug, { uid_field, password })];
  const named = await visitor.post(slug, { uid_field });
  return [named, await visitor.get(slug), await visitor.post(slug, { password })];
}
