import { TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';

import { t } from '../../texts/texts';
import type { InputProps } from './field-input';
import { textOf } from './values';

const valid = /^[-\w]*$/;

/** Returns what of a text can be part of an address: `Eva Lind` becomes `eva-lind`. Empty if nothing can. */
export function slugOf(text: string): string {
  if (valid.test(text)) return text;
  return text
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .normalize('NFKD')
    .replaceAll(/\p{Mark}/gu, '')
    .replaceAll(/[^-\w]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
}

/** A name with letters, digits, hyphens and underscores only: it is made from what is typed, and shown below it. */
export function SlugInput({ value, change, common }: InputProps): ReactNode {
  const [typed, setTyped] = useState(() => textOf(value));
  const stored = textOf(value);
  const shown = slugOf(typed) === stored ? typed : stored;
  return (
    <TextInput
      {...common}
      dir="auto"
      value={shown}
      description={
        shown === stored ? common.description : stored === '' ? t('form.noSlug') : t('form.slug', { slug: stored })
      }
      onChange={({ currentTarget: { value: text } }) => {
        setTyped(text);
        change(slugOf(text));
      }}
    />
  );
}
