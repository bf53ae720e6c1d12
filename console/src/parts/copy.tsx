import { ActionIcon, CopyButton, Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';

import { t } from '../texts/texts';
import { Icon } from './icon';

/** A button that copies a value. */
export function Copy({ value, what }: { readonly value: string; readonly what: string }): ReactNode {
  return (
    <CopyButton value={value}>
      {({ copied, copy }) => {
        const label = copied ? t('action.copied') : `${t('action.copy')}: ${what}`;
        return (
          <Tooltip label={copied ? t('action.copied') : t('action.copy')}>
            <ActionIcon variant="subtle" color="gray" size="sm" aria-label={label} onClick={copy}>
              <Icon name={copied ? 'check' : 'copy'} size={14} />
            </ActionIcon>
          </Tooltip>
        );
      }}
    </CopyButton>
  );
}
