import { ActionIcon } from '@mantine/core';
import type { ReactNode } from 'react';

import type { Schema } from '../api/client';
import { currentFormats, t } from '../texts/texts';
import { Icon } from './icon';

interface PagerProps {
  readonly position: Schema<'Pagination'>;
  readonly go: (page: number) => void;
}

/** Says which rows are shown, and leads to the next ones. */
export function Pager({ position, go }: PagerProps): ReactNode {
  const { count, start_index, end_index, previous, next } = position;
  const number = new Intl.NumberFormat(currentFormats());
  const range = { start: number.format(start_index), end: number.format(end_index), count: number.format(count) };
  return (
    <nav className="pager" aria-label={t('pager.label')}>
      <span>{t('pager.range', range)}</span>
      {(previous > 0 || next > 0) && (
        <>
          <ActionIcon
            variant="default"
            disabled={previous === 0}
            aria-label={t('pager.previous')}
            onClick={() => go(previous)}
          >
            <Icon name="previous" />
          </ActionIcon>
          <ActionIcon variant="default" disabled={next === 0} aria-label={t('pager.next')} onClick={() => go(next)}>
            <Icon name="next" />
          </ActionIcon>
        </>
      )}
    </nav>
  );
}
