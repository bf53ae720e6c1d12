import { ApiProblem } from '../../api/client';

/** What is wrong with a request: messages by field, and those of the whole request. */
export interface Problems {
  readonly fields: Readonly<Record<string, readonly string[]>>;
  readonly general: readonly string[];
}

export const noProblems: Problems = { fields: {}, general: [] };

const general = ['non_field_errors', 'detail'];

/**
 * Reads what the service answered to a refused request: messages by field, nested for lists and objects.
 *
 * @param shown whether the form has the field; messages of others belong to the whole request
 */
export function problemsOf(error: Error, shown: (field: string) => boolean, unreachable: string): Problems {
  const body = error instanceof ApiProblem ? error.body : undefined;
  const entries = typeof body === 'object' && body !== null ? Object.entries(body) : [];
  const fields = entries.filter(([name]) => shown(name)).map(([name, value]) => [name, textsIn(value)] as const);
  const others = entries
    .filter(([name]) => !shown(name) && name !== 'code')
    .flatMap(([name, value]) => textsIn(value).map((text) => (general.includes(name) ? text : `${name}: ${text}`)));
  if (fields.length === 0 && others.length === 0) others.push(error.message || unreachable);
  return { fields: Object.fromEntries(fields), general: others };
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
