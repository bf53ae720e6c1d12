import {
  type CollectionTag,
  type CreateNodeOptions,
  Document,
  type DocumentOptions,
  type SchemaOptions,
  visit,
  YAMLSeq,
} from 'yaml';

import { fieldsOf } from '../../rest/fields/field.js';
import type { TransferModel } from './transfer-model.js';
import { Tag } from './tree.js';

/** An object in an exported file. */
export interface ExportedEntry {
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly conditions: readonly never[];
  readonly identifiers: Readonly<Record<string, unknown>>;
  readonly model: string;
  readonly permissions: readonly never[];
  readonly state: 'present';
}

/**
 * Returns the entry of an object (management API, section 5.4): its writable fields without identifiers, secrets and
 * empty values. Unlike the reference it includes `false`, because the default may be `true`.
 *
 * @param answer the response of the API for the object
 */
export function entryOf({ model, request, exported }: TransferModel, response: object): ExportedEntry {
  const values = response as Record<string, unknown>;
  const named = ['pk', ...(exported?.identifiers ?? [])];
  const settable = [...fieldsOf(request)].filter(
    ([name, { options }]) => !options.writeOnly && !name.endsWith('_set') && !named.includes(name),
  );
  const attrs = settable.map(([name]) => [name, values[name]] as const).filter(([, value]) => !isEmpty(value));
  return {
    attrs: Object.fromEntries(attrs),
    conditions: [],
    identifiers: Object.fromEntries(named.map((name) => [name, values[name]])),
    model,
    permissions: [],
    state: 'present',
  };
}

/** Characters that YAML treats as line breaks or forbids; they are written as escapes. */
const specialCharacters = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** Strings with a special meaning in YAML 1.1 that the library does not quote. */
const ambiguousStrings = ['=', '<<'];

/** The tags of references to objects outside of the file, on one line. */
const referenceTags = ['!Find', '!If'].map((tag): CollectionTag => ({
  tag,
  collection: 'seq',
  identify: (value) => value instanceof Tag && value.name === tag,
  createNode: (schema, value, context) => {
    const list = YAMLSeq.from(schema, (value as Tag).argument, context);
    list.flow = true;
    return list;
  },
}));

/** Returns the text of a file with these entries: mappings sorted, ambiguous strings quoted. */
export function exportText(entries: readonly ExportedEntry[], now: Date): string {
  const generated = { 'blueprints.goauthentik.io/generated': 'true' };
  const metadata = { labels: generated, name: `authentik Export - ${pythonTime(now)}` };
  const options: DocumentOptions & CreateNodeOptions & SchemaOptions = {
    // authentik reads YAML 1.1, in which yes, no and on are booleans.
    version: '1.1',
    // Without the merge tag, `<<` stays a string.
    customTags: (tags) => [
      ...referenceTags,
      ...tags.filter((tag) => typeof tag === 'string' || tag.tag !== 'tag:yaml.org,2002:merge'),
    ],
    sortMapEntries: true,
    aliasDuplicateObjects: false,
  };
  const document = new Document({ context: {}, entries, metadata, version: 1 }, options);
  visit(document, {
    Scalar: (_, scalar) => {
      const { value } = scalar;
      if (typeof value !== 'string') return;
      if (/[^\P{Cc}\n]/u.test(value) || value.search(specialCharacters) !== -1) scalar.type = 'QUOTE_DOUBLE';
      else if (ambiguousStrings.includes(value)) scalar.type = 'QUOTE_SINGLE';
    },
  });
  const text = document.toString({ indentSeq: false, singleQuote: true, lineWidth: 0 });
  return text.replace(/^%YAML 1\.1\n---\n/, '').replace(specialCharacters, escapeSequence);
}

function escapeSequence(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

/** `2024-12-20 10:11:12.123000+00:00` */
function pythonTime(time: Date): string {
  return time.toISOString().replace('T', ' ').replace('Z', '000+00:00');
}
