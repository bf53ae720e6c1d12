import { NativeSelect } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import type { ListSearch } from '../router';
import { useList } from './list-page';
import { Search } from './search';

type FilterName = Exclude<keyof ListSearch, 'page'>;

/** @param props.name where the address keeps the terms */
export function SearchFilter(props: { readonly label: string; readonly name?: FilterName }): ReactNode {
  const { label, name = 'q' } = props;
  const { search, change } = useList();
  return <Search label={label} value={search[name] ?? ''} change={(terms) => change({ [name]: terms })} />;
}

interface ChoiceFilterProps {
  /** Where the address keeps the choice. */
  readonly name: FilterName;
  readonly label: string;
  /** Label of no choice. */
  readonly any: string;
  readonly choices: readonly { readonly value: string; readonly label: string }[];
}

/** Chooses one of several values, or none. */
export function ChoiceFilter({ name, label, any, choices }: ChoiceFilterProps): ReactNode {
  const { search, change } = useList();
  return (
    <NativeSelect
      aria-label={label}
      value={search[name] ?? ''}
      onChange={({ currentTarget }) => change({ [name]: currentTarget.value })}
      data={[{ value: '', label: any }, ...choices]}
    />
  );
}

interface TabFilterProps {
  readonly name: FilterName;
  readonly label: string;
  /** The first one has no value: it stands for all. */
  readonly tabs: readonly { readonly value: string | undefined; readonly label: string }[];
}

/** Chooses one of few values, all of which are visible. */
export function TabFilter({ name, label, tabs }: TabFilterProps): ReactNode {
  const { search } = useList();
  return (
    <nav className="tabs" aria-label={label}>
      {tabs.map((tab) => (
        <Link
          key={tab.label}
          to="."
          search={(before: ListSearch) => ({ ...before, [name]: tab.value, page: undefined })}
          activeOptions={{ explicitUndefined: true }}
          aria-current={search[name] === tab.value ? 'page' : undefined}
          className="tab"
        >
          {tab.label}
        </Link>
      ))}
    </nav>
  );
}
