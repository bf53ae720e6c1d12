import { type Attributes, isAttributes, mergeAttributes } from '../../core/users/merge-attributes.js';
import { type Coercion, email, Rejection, text } from '../../rest/fields/coercions.js';
import { ownValue, type PromptData } from '../prompt/prompt-form.js';

/** Changes to a user. Missing properties keep their values. */
export interface UserChanges {
  readonly username?: string;
  readonly name?: string;
  readonly email?: string;
  /** All attributes after the change. */
  readonly attributes?: Record<string, unknown>;
}

/** Columns that are written from the run's data, with their validation. The password is written separately. */
const columns: Readonly<Record<'username' | 'name' | 'email', Coercion<string>>> = {
  username: text({ maxLength: 150 }),
  name: text({ allowBlank: true, maxLength: 255 }),
  email: email({ allowBlank: true }),
};

/** Prefix of attributes that control the service itself. Forms cannot set them. */
const reservedPrefix = 'goauthentik.io/';

/**
 * Returns the changes to a user from the data of a run: user name, name, address and attributes. Every other key is
 * ignored, so that no form can activate a user or grant rights.
 *
 * @param stored the user's current attributes
 * @returns undefined if a value is invalid
 */
export function userChanges(data: PromptData, stored: Attributes): UserChanges | undefined {
  const changes: Partial<Record<string, unknown>> = {};
  for (const [column, coercion] of Object.entries(columns)) {
    const value = ownValue(data, column);
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
    const allowed = Object.entries(nested).filter(([name]) => !name.startsWith(reservedPrefix));
    if (allowed.length > 0) attributes = mergeAttributes(attributes, Object.fromEntries(allowed));
  }
  return attributes;
}

/**
 * Returns the path of a key below `attributes`: `a`, `b-c` for `attributes.a.b-c`, and `a`, `b` for `attributes_a_b`. A
 * key is split at its first kind of separator only, so that `attributes.phone_number` is one name; authentik splits at
 * both.
 */
function attributePath(key: string): string[] | undefined {
  if (key === 'attributes') return [];
  const [, separator, names] = /^attributes([._])(.+)$/s.exec(key) ?? [];
  return separator === undefined ? undefined : names?.split(separator);
}
