import type { Answer } from '../support/api-client.js';

/** What was created. Fails with the answer's body if nothing was. */
export async function created<T>(answer: Promise<Answer<T>>): Promise<T> {
  const { status, body } = await answer;
  if (status !== 201) throw new Error(`nothing was created: ${status} ${JSON.stringify(body)}`);
  return body;
}
