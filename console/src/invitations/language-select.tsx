import { NativeSelect } from '@mantine/core';
import type { ReactNode } from 'react';

import { languageNames, t } from '../texts/texts';

interface LanguageSelectProps {
  readonly value: string;
  readonly change: (value: string) => void;
  readonly error?: string | undefined;
}

/** In which language an invitation is mailed. */
export function LanguageSelect({ value, change, error }: LanguageSelectProps): ReactNode {
  return (
    <NativeSelect
      label={t('invitations.mailLanguage')}
      value={value}
      error={error}
      onChange={({ currentTarget }) => change(currentTarget.value)}
      data={Object.entries(languageNames).map(([tag, label]) => ({ value: tag, label }))}
    />
  );
}
