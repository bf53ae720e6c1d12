import type { UseQueryResult } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import type { ListSearch } from '../router';
import { SearchFilter } from './filters';
import { Listing, type ListingProps, type PageOf } from './listing';
import { Page } from './page';

/** What a list shows, as its address says it. */
interface ListState {
  readonly search: ListSearch;
  /** Search terms and page, as every list of the API has them. */
  readonly filter: { readonly search?: string; readonly page: number };
  /** Changes filters, and leads to the first page unless a page is named. */
  readonly change: (changed: ListSearch) => void;
}

/** Returns what the list of this screen shows. */
export function useList(): ListState {
  const search: ListSearch = useSearch({ strict: false });
  const navigate = useNavigate();
  return {
    search,
    filter: { ...(search.q !== undefined && { search: search.q }), page: Number(search.page ?? 1) },
    change: (changed) =>
      void navigate({
        to: '.',
        search: (before: ListSearch) => ({ ...before, page: undefined, ...changed }),
        replace: true,
      }),
  };
}

interface ListPageProps<Row> extends ListingProps<Row> {
  readonly title: string;
  /** Buttons at the end of the title. */
  readonly actions?: ReactNode;
  /** What the search looks for. */
  readonly find: string;
  /** Filters beside the search. */
  readonly filters?: ReactNode;
  /** Filters below the search. */
  readonly tabs?: ReactNode;
  readonly query: UseQueryResult<PageOf<Row>>;
  /** Stands below the list. */
  readonly children?: ReactNode;
}

/** A screen with a list: title, search, filters, a page of rows and its pager, and what is said if there are no rows. */
export function ListPage<Row>(props: ListPageProps<Row>): ReactNode {
  const { title, actions, find, filters, tabs, children, ...listing } = props;
  return (
    <Page title={title} actions={actions}>
      <div className="filters">
        <SearchFilter label={find} />
        {filters}
      </div>
      {tabs}
      <Listing {...listing} />
      {children}
    </Page>
  );
}
