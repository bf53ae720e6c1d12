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

/** An object as an exported file has it. */
export interface ExportedEntry {
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly conditions: readonly never[];
  readonly identifiers: Readonly<Record<string, unknown>>;
  readonly model: string;
  readonly permissions: readonly never[];
  readonly state: 'present';
}

/**
 * An object as an entry (management API, section 5.4): what can be set, without what names it, without secrets, and
 * without what is empty anyway. Unlike the reference it tells `false`, for what is false need not be so by default.
 *
 * @param answer the object as the API tells it
 */
export function entryOf({ model, request, exported }: TransferModel, answer: object): ExportedEntry {
  const told = answer as Record<string, unknown>;
  const named = ['pk', ...(exported?.identifiers ?? [])];
  const settable = [...fieldsOf(request)].filter(
    ([name, { options }]) => !options.writeOnly && !name.endsWith('_set') && !named.includes(name),
  );
  const attrs = settable.map(([name]) => [name, told[name]] as const).filter(([, value]) => !isEmpty(value));
  return {
    attrs: Object.fromEntries(attrs),
    conditions: [],
    identifiers: Object.fromEntries(named.map((name) => [name, told[name]])),
    model,
    permissions: [],
    state: 'present',
  };
}

/** Characters that YAML takes for the end of a line, or does not take at all; they are told by their numbers. */
const special = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** Texts that mean something else to YAML 1.1 and that the library leaves as they are. */
const signs = ['=', '<<'];

/** References that are told by what the object is called. */
const finding: CollectionTag = {
  tag: '!Find',
  collection: 'seq',
  identify: (value) => value instanceof Tag,
  createNode: (schema, value, context) => {
    const list = YAMLSeq.from(schema, (value as Tag).argument, context);
    list.flow = true;
    return list;
  },
};

/** The text of a file with these entries: every mapping sorted, every text in quotes that YAML might take for another. */
export function exportText(entries: readonly ExportedEntry[], now: Date): string {
  const generated = { 'blueprints.goauthentik.io/generated': 'true' };
  const metadata = { labels: generated, name: `authentik Export - ${pythonTime(now)}` };
  const options: DocumentOptions & CreateNodeOptions & SchemaOptions = {
    // What authentik reads is YAML 1.1, in which yes, no and on are truth values.
    version: '1.1',
    // A text `<<` is a text.
    customTags: (tags) => [
      finding,
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
      if (/[^\P{Cc}\n]/u.test(value) || value.search(special) !== -1) scalar.type = 'QUOTE_DOUBLE';
      else if (signs.includes(value)) scalar.type = 'QUOTE_SINGLE';
    },
  });
  const text = document.toString({ indentSeq: false, singleQuote: true, lineWidth: 0 });
  return text.replace(/^%YAML 1\.1\n---\n/, '').replace(special, numbered);
}

function numbered(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

/** `2024-12-20 10:11:12.123000+00:00` */
function pythonTime(time: Date): string {
  return time.toISOString().replace('T', ' ').replace('Z', '000+00:00');
}
