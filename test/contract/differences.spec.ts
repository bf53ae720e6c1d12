import { describe, expect, it } from 'vitest';

import { type Contract, contractOf, type Document } from './contract.js';
import { differences } from './differences.js';

const pet = { type: 'object', properties: { name: { type: 'string', maxLength: 9 }, age: { type: 'integer' } } };
const everything = (): boolean => true;

function documentOf(schema: object, operation: object = {}): Document {
  const content = { 'application/json': { schema: { $ref: '#/components/schemas/Pet' } } };
  const retrieve = { operationId: 'pets_retrieve', responses: { 200: { description: '', content } }, ...operation };
  return { paths: { '/pets/': { get: retrieve } }, components: { schemas: { Pet: schema } } };
}

function compare(schema: object, operation?: object): string[] {
  return differences(contractOf(documentOf(schema, operation), everything), contractOf(documentOf(pet), everything));
}

describe('The comparison of two documents', () => {
  it('finds no difference where only descriptions differ', () => {
    const properties = { ...pet.properties, age: { ...pet.properties.age, description: 'In years.', title: 'Age' } };
    expect(compare({ ...pet, properties, description: 'A pet.' }, { description: 'Get one.' })).toEqual([]);
  });

  it('compares properties named `description`', () => {
    const properties = { ...pet.properties, description: { type: 'string' } };
    expect(compare({ ...pet, properties })).toEqual(['schema Pet.properties.description is added']);
  });

  it('finds missing and changed schemas', () => {
    const properties = { name: { type: 'string', maxLength: 8 } };
    expect(compare({ ...pet, properties })).toEqual([
      'schema Pet.properties.name.maxLength is 8, not 9',
      'schema Pet.properties.age is missing',
    ]);
  });

  it('finds properties in another order', () => {
    const { name, age } = pet.properties;
    expect(compare({ ...pet, properties: { age, name } })).toEqual([
      'schema Pet.properties has the order age, name, not name, age',
    ]);
  });

  it('finds missing, added and reordered values of an enumeration', () => {
    const document = (...words: string[]): Contract => {
      const properties = { size: { type: 'string', enum: words } };
      return contractOf(documentOf({ type: 'object', properties }), everything);
    };
    expect(differences(document('s', 'm', 'xl'), document('xs', 'm', 's'))).toEqual([
      'schema Pet.properties.size.enum "xs" is missing',
      'schema Pet.properties.size.enum "xl" is added',
      'schema Pet.properties.size.enum has the order s, m, not m, s',
    ]);
  });

  it('finds missing and added parameters, in any order', () => {
    const parameters = [{ name: 'page', in: 'query', required: false, schema: { type: 'integer' } }];
    expect(compare(pet, { parameters })).toEqual(['operation pets_retrieve.parameters.query page is added']);
  });

  it('treats a reference with siblings as the same reference', () => {
    const reference = { $ref: '#/components/schemas/Kind' };
    const document = (kind: object): Document => {
      const { paths } = documentOf(pet);
      const withKind = { type: 'object', properties: { kind } };
      return { paths, components: { schemas: { Pet: withKind, Kind: { type: 'string', enum: ['cat'] } } } };
    };
    const described = contractOf(document({ allOf: [reference], description: 'Which.' }), everything);
    expect(differences(described, contractOf(document(reference), everything))).toEqual([]);
    const nullable = contractOf(document({ allOf: [reference], nullable: true }), everything);
    expect(differences(nullable, described)).toEqual(['schema Pet.properties.kind.nullable is added']);
  });
});
