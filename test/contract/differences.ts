import type { Contract } from './contract.js';

type Json = Record<string, unknown>;

/**
 * Where our contract is another than theirs: one line each, that begins with the place (`operation users_list
 * parameters.query name`) and ends with `is missing`, `is added`, or with what differs.
 */
export function differences(ours: Contract, theirs: Contract): string[] {
  return [
    ...[...between(ours.securitySchemes, theirs.securitySchemes, '')].map((line) => `security scheme ${line}`),
    ...[...between(ours.operations, theirs.operations, '')].map((line) => `operation ${line}`),
    ...[...between(ours.schemas, theirs.schemas, '')].map((line) => `schema ${line}`),
  ];
}

function* between(ours: unknown, theirs: unknown, place: string): Generator<string> {
  if (place.endsWith('.enum') && Array.isArray(ours) && Array.isArray(theirs)) {
    yield* betweenWords(ours, theirs, place);
    return;
  }
  if (!isObject(ours) || !isObject(theirs)) {
    const [we, they] = [JSON.stringify(ours), JSON.stringify(theirs)];
    if (we !== they) yield `${place} is ${we}, not ${they}`;
    return;
  }
  for (const name of new Set([...Object.keys(theirs), ...Object.keys(ours)])) {
    const inside = place === '' ? name : `${place}.${name}`;
    if (!(name in ours)) yield `${inside} is missing`;
    else if (!(name in theirs)) yield `${inside} is added`;
    else yield* between(ours[name], theirs[name], inside);
  }
  const [we, they] = [common(ours, theirs), common(theirs, ours)];
  if (we !== they) yield `${place} has the order ${we}, not ${they}`;
}

function* betweenWords(ours: unknown[], theirs: unknown[], place: string): Generator<string> {
  for (const word of theirs) if (!ours.includes(word)) yield `${place} "${String(word)}" is missing`;
  for (const word of ours) if (!theirs.includes(word)) yield `${place} "${String(word)}" is added`;
  const [we, they] = [ours.filter((word) => theirs.includes(word)), theirs.filter((word) => ours.includes(word))];
  if (we.join() !== they.join()) yield `${place} has the order ${we.join(', ')}, not ${they.join(', ')}`;
}

/** The names in `object` that are in `other` too, in their order. */
function common(object: Json, other: Json): string {
  return Object.keys(object)
    .filter((name) => name in other)
    .join(', ');
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
