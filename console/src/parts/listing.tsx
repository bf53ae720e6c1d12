import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import type { Schema } from '../api/client';
import { t } from '../texts/texts';
import type { IconName } from './icon';
import { Pager } from './pager';
import { Loaded, Note } from './states';

interface PageOf<Row> {
  readonly pagination: Schema<'Pagination'>;
  readonly results: readonly Row[];
}

interface ListingProps<Row> {
  readonly query: UseQueryResult<PageOf<Row>>;
  readonly label: string;
  readonly keyOf: (row: Row) => string | number;
  readonly row: (row: Row) => ReactNode;
  /** What is said if there is nothing, without a filter. */
  readonly empty: { readonly icon: IconName; readonly title: string; readonly text: string };
  /** Removes the filters; undefined if there are none. */
  readonly clear: (() => void) | undefined;
  readonly go: (page: number) => void;
}

/** A page of a list with its pager, and what is said if it is empty or nothing matches. */
export function Listing<Row>({ query, label, keyOf, row, empty, clear, go }: ListingProps<Row>): ReactNode {
  return (
    <Loaded query={query} lines={10}>
      {({ results, pagination }) =>
        results.length === 0 ? (
          <div className="panel">
            {clear === undefined ? (
              <Note {...empty} />
            ) : (
              <Note icon="search" title={t('list.noneFound')} text={t('mails.noneFoundText')}>
                <button type="button" className="text-link" onClick={clear}>
                  {t('action.clear')}
                </button>
              </Note>
            )}
          </div>
        ) : (
          <>
            <div className="panel">
              <ul className="rows" aria-label={label}>
                {results.map((each) => (
                  <li key={keyOf(each)}>{row(each)}</li>
                ))}
              </ul>
            </div>
            <Pager position={pagination} go={go} />
          </>
        )
      }
    </Loaded>
  );
}

interface LineProps {
  readonly main: ReactNode;
  /** Stands below the main text. */
  readonly below?: ReactNode;
  readonly middle?: ReactNode;
  readonly end?: ReactNode;
}

/** What a row of a list shows. */
export function Line({ main, below, middle, end }: LineProps): ReactNode {
  return (
    <>
      <span className="line-text">
        <span className="row-main" dir="auto">
          {main}
        </span>
        {below !== undefined && below !== '' && (
          <span className="row-soft" dir="auto">
            {below}
          </span>
        )}
      </span>
      <span className="line-middle" dir="auto">
        {middle}
      </span>
      <span className="row-time">{end}</span>
    </>
  );
}
