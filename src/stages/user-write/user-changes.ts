import { type Attributes, isAttributes, mergeAttributes } from '../../core/users/merge-attributes.js';
import { type Coercion, email, Rejection, text } from '../../rest/fields/coercions.js';
import { known, type PromptData } from '../prompt/prompt-form.js';

/** What is written to a user. What is missing stays as it is. */
export interface UserChanges {
  readonly username?: string;
  readonly name?: string;
  readonly email?: string;
  /** All of them, those that stay too. */
  readonly attributes?: Record<string, unknown>;
}

/** Columns that are written from the run as they are, and what they take. Passwords are dealt with elsewhere. */
const columns: Readonly<Record<'username' | 'name' | 'email', Coercion<string>>> = {
  username: text({ maxLength: 150 }),
  name: text({ allowBlank: true, maxLength: 255 }),
  email: email({ allowBlank: true }),
};

/** Attributes that the service itself goes by; no form decides about them. */
const reserved = 'goauthentik.io/';

/**
 * What of the things that are known in a run is written to a user: user name, name, address, and what is below
 * `attributes`. Nothing else ever is, whatever it is called: no form makes somebody active, or something else than they
 * are (flow execution, sections 6.3 and 10.10).
 *
 * @param stored the attributes that the user has
 * @returns undefined if a value is one that the user cannot have
 */
export function userChanges(data: PromptData, stored: Attributes): UserChanges | undefined {
  const changes: Partial<Record<string, unknown>> = {};
  for (const [column, coercion] of Object.entries(columns)) {
    const value = known(data, column);
    if (value === undefined) continue;
    const accepted = coerced(coercion, value);
    if (accepted === undefined) return undefined;
    changes[column] = accepted;
  }
  const attributes = attributesIn(data, stored);
  return { ...changes, ...(attributes !== stored && { attributes }) };
}

function coerced(coercion: Coercion<string>, value: unknown): string | undefined {
  try {
    return value === null ? undefined : coercion(value);
  } catch (error) {
    if (error instanceof Rejection) return undefined;
    throw error;
  }
}

function attributesIn(data: PromptData, stored: Attributes): Attributes {
  let attributes = stored;
  for (const [key, value] of Object.entries(data)) {
    const path = attributePath(key);
    if (path === undefined || (path.length === 0 && !isAttributes(value))) continue;
    const nested = path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as Attributes;
    const allowed = Object.entries(nested).filter(([name]) => !name.startsWith(reserved));
    if (allowed.length > 0) attributes = mergeAttributes(attributes, Object.fromEntries(allowed));
  }
  return attributes;
}

/**
 * Where the value of a key stands: `attributes.a.b-c` below `a` in `b-c`, `attributes_a_b` below `a` in `b`. The first
 * separator is the only one, so that `attributes.phone_number` is one name; the reference splits at both.
 */
function attributePath(key: string): string[] | undefined {
  if (key === 'attributes') return [];
  const [, separator, names] = /^attributes([._])(.+)$/s.exec(key) ?? [];
  return separator === undefined ? undefined : names?.split(separator);
}
