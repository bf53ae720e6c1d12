import { ApiProperty, type ApiPropertyOptions, PartialType, PickType } from '@nestjs/swagger';

import { declareField, type FieldDeclaration, fieldsOf } from './field.js';

type Class<T = object> = new () => T;

/** Response fields: the declared fields without the write-only ones. Read-only and required fields are always present. */
export function ResponseOf<T extends object>(resource: Class<T>): Class<T> {
  return derive(
    resource,
    ({ options }) => !options.writeOnly,
    ({ options, schema }) => {
      const always = (options.required ?? false) || ((options.readOnly ?? false) && !options.sometimes);
      return { ...schema, required: always } as ApiPropertyOptions;
    },
  );
}

/** Request fields of POST and PUT: the declared fields without the read-only ones. */
export function RequestOf<T extends object>(resource: Class<T>): Class<T> {
  return derive(
    resource,
    ({ options }) => !options.readOnly,
    ({ schema, requestSchema }) => {
      return { ...schema, ...requestSchema } as ApiPropertyOptions;
    },
  );
}

/** Request fields of PATCH: like PUT, and nothing is required. */
export function PatchOf<T extends object>(request: Class<T>): Class<Partial<T>> {
  const patched = PartialType(request);
  for (const [name, declaration] of fieldsOf(request)) {
    const { options } = declaration;
    const rules = options.patchRules ?? options.rules ?? [];
    declareField(patched, name, { ...declaration, options: { ...options, rules, required: false } });
  }
  return patched;
}

/** The declared fields without the named ones. */
export function FieldsWithout<T extends object, K extends keyof T & string>(
  resource: Class<T>,
  ...names: K[]
): Class<Omit<T, K>> {
  const left = [...fieldsOf(resource).keys()].filter((name) => !(names as string[]).includes(name));
  return derive(
    resource,
    (_, name) => left.includes(name),
    ({ schema }) => schema,
  );
}

function derive<T extends object>(
  resource: Class<T>,
  keep: (declaration: FieldDeclaration, name: string) => boolean,
  document: (declaration: FieldDeclaration) => FieldDeclaration['schema'],
): Class<T> {
  const kept = [...fieldsOf(resource)].filter(([name, declaration]) => keep(declaration, name));
  const derived = PickType(
    resource,
    kept.map(([name]) => name as keyof T),
  );
  for (const [name, declaration] of kept) {
    declareField(derived, name, declaration);
    ApiProperty(document(declaration))(derived.prototype as object, name);
  }
  return derived;
}
