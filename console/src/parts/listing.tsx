import type { UseQueryResult } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import type { Schema } from '../api/client';
import { t } from '../texts/texts';
import type { IconName } from './icon';
import { useList } from './list-page';
import { Pager } from './pager';
import { Loaded, Note } from './states';

/** A page of rows. Without a position it is the whole list. */
export interface PageOf<Row> {
  readonly pagination?: Schema<'Pagination'>;
  readonly results: readonly Row[];
}

export interface ListingProps<Row> {
  readonly query: UseQueryResult<PageOf<Row>>;
  /** What the rows are, for assistive technology. */
  readonly label: string;
  readonly keyOf: (row: Row) => string | number;
  readonly row: (row: Row) => ReactNode;
  /** What is said if there are no rows, without a filter. */
  readonly empty: { readonly icon: IconName; readonly title: string; readonly text: string };
  /** Whether there could be rows without the filters; by default, whether the address has filters. */
  readonly isFiltered?: boolean;
}

/** A page of a list with its pager, and what is said if it is empty or nothing matches the filters in the address. */
export function Listing<Row>(props: ListingProps<Row>): ReactNode {
  const { search, change } = useList();
  const hasFilters = Object.keys(search).some((name) => name !== 'page');
  const { query, label, keyOf, row, empty, isFiltered = hasFilters } = props;
  return (
    <Loaded query={query} lines={10}>
      {({ results, pagination }) =>
        results.length === 0 ? (
          <div className="panel">
            {isFiltered ? (
              <Note icon="search" title={t('list.noneFound')} text={t('list.noneFoundText')}>
                <Link to="." search={{}} className="text-link">
                  {t('action.clear')}
                </Link>
              </Note>
            ) : (
              <Note {...empty} />
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
            {pagination !== undefined && <Pager position={pagination} go={(page) => change({ page: String(page) })} />}
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
