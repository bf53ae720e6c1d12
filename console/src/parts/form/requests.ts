import { requestFields } from 'virtual:request-fields';

import type { components } from '../../api/schema';
import { catalogHas, t, type TextKey } from '../../texts/texts';
import type { Field } from './field';
import { neverShown } from './values';

/** Requests of the API that a form can be drawn for. */
export type RequestName = Extract<keyof components['schemas'], `${string}Request`>;

/** Returns the fields of a request that a form can show. */
export function fieldsOfRequest(name: RequestName, hidden: readonly string[] = []): readonly Field[] {
  const fields = (requestFields[name] ?? []) as readonly Field[];
  return fields
    .filter(({ name: field, kind }) => !neverShown.includes(field) && !hidden.includes(field) && kind !== 'other')
    .map((field) => {
      const key = `help.${name}.${field.name}`;
      return catalogHas(key) ? { ...field, help: t(key as TextKey), isHelpTranslated: true } : field;
    });
}
