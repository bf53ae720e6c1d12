import type { Answer } from '../support/api-client.js';

/** Returns the body of a 201 response. @throws for any other status, with the body */
export async function created<T>(answer: Promise<Answer<T>>): Promise<T> {
  const { status, body } = await answer;
  if (status !== 201) throw new Error(`creation failed: ${status} ${JSON.stringify(body)}`);
  return body;
}
