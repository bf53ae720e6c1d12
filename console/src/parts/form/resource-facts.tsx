import type { ReactNode } from 'react';

import { t } from '../../texts/texts';
import { Facts } from '../facts';
import { choiceLabel, type Field, labelOf } from './field';
import { fieldsOfRequest, type RequestName } from './requests';
import type { Values } from './values';

interface ResourceFactsProps {
  readonly request: RequestName;
  readonly value: object;
}

/** The fields of an object for a visitor who may not change it. */
export function ResourceFacts({ request, value }: ResourceFactsProps): ReactNode {
  const values = { ...value } as Values;
  const fields = fieldsOfRequest(request).filter(({ isSecret }) => isSecret !== true);
  return <Facts facts={fields.map((field) => [labelOf(field.name), shown(field, values[field.name])] as const)} />;
}

function shown({ kind }: Field, value: unknown): ReactNode {
  if (typeof value === 'boolean') return t(value ? 'form.yes' : 'form.no');
  if (Array.isArray(value)) return value.map(String).join(', ');
  if (kind === 'json') return <code>{JSON.stringify(value)}</code>;
  if (kind === 'choice' && typeof value === 'string') return choiceLabel(value);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
