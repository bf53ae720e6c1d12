import { TextInput } from '@mantine/core';
import type { ReactNode } from 'react';

import { t } from '../../texts/texts';
import type { InputProps } from './field-input';

/** A secret: it is never shown, and replaced only by what is typed. */
export function SecretInput({ value, change, isSet, common }: InputProps): ReactNode {
  const isTyped = value !== undefined;
  const isRemoved = isSet && value === '';
  return (
    <TextInput
      {...common}
      type="password"
      autoComplete="new-password"
      placeholder={isRemoved ? t('form.secretRemoved') : t(isSet ? 'form.secretSet' : 'form.secretNone')}
      value={typeof value === 'string' ? value : ''}
      // An emptied input keeps the stored secret: it is removed by the button only.
      onChange={({ currentTarget }) => change(currentTarget.value === '' ? undefined : currentTarget.value)}
      rightSectionWidth="auto"
      rightSection={
        isSet && (
          <button type="button" className="text-link secret-action" onClick={() => change(isTyped ? undefined : '')}>
            {t(isTyped ? 'form.secretKeep' : 'form.secretRemove')}
          </button>
        )
      }
    />
  );
}
