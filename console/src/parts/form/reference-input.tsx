import { MultiSelect, Select, type SelectProps } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';

import { t } from '../../texts/texts';
import { useList } from '../list-page';
import type { InputProps } from './field-input';
import { type Option, type Reference, referenceOf } from './references';
import { textOf } from './values';

/** The choices for terms, and the chosen ones, whose names are read one by one. */
function useOptions(
  reference: Reference,
  chosen: readonly string[],
): { options: Option[]; search: (q: string) => void } {
  const [terms, search] = useState('');
  // After a choice, the component searches for its label: that lists all choices again.
  const [settled] = useDebouncedValue(terms, 200);
  const found = useQuery({
    queryKey: ['reference', reference.list, settled],
    queryFn: () => reference.search(settled),
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  });
  const own = useQueries({
    queries: chosen.map((key) => ({
      queryKey: ['reference', reference.list, 'one', key],
      queryFn: async () => (await reference.one(key)) ?? { value: key, label: key },
      staleTime: 60_000,
    })),
  });
  const named = chosen.map((value, index) => own[index]?.data ?? { value, label: value });
  const others = (found.data ?? []).filter(({ value }) => !chosen.includes(value));
  return { options: [...named, ...others], search };
}

const asKey = (value: string): string | number => (/^\d+$/.test(value) ? Number(value) : value);

interface ReferenceProps extends InputProps {
  readonly reference: Reference;
}

/** Chooses an object by searching for it. */
export function ReferenceInput({ reference, field, value, change, common }: ReferenceProps): ReactNode {
  return (
    <Chosen
      {...common}
      reference={reference}
      value={textOf(value)}
      change={(key) => change(key === null ? null : asKey(key))}
      placeholder={t('form.choose')}
      clearable={field.isRequired !== true}
    />
  );
}

interface ChosenProps extends Omit<SelectProps, 'data' | 'onChange' | 'value'> {
  readonly reference: Reference;
  /** Key of the chosen object; empty for none. */
  readonly value: string | undefined;
  readonly change: (key: string | null) => void;
}

function Chosen({ reference, value = '', change, ...props }: ChosenProps): ReactNode {
  const chosen = [value].filter((key) => key !== '');
  const { options, search } = useOptions(reference, chosen);
  const [terms, setTerms] = useState<string>();
  const label = options.find((option) => option.value === chosen[0])?.label ?? '';
  return (
    <Select
      {...props}
      data={options}
      value={chosen[0] ?? null}
      searchable
      nothingFoundMessage={t('form.nothingFound')}
      clearButtonProps={{ 'aria-label': t('form.clear') }}
      // The service has searched already.
      filter={({ options: all }) => all}
      searchValue={terms ?? label}
      onSearchChange={(typed) => {
        setTerms(typed === label ? undefined : typed);
        search(typed === label ? '' : typed);
      }}
      onChange={(key) => {
        setTerms(undefined);
        search('');
        change(key);
      }}
    />
  );
}

interface ReferenceFilterProps {
  /** Name of a field that refers to the same objects, and where the address keeps the key. */
  readonly name: 'user';
  readonly label: string;
}

/** Filters a list by an object that is found by a search. */
export function ReferenceFilter({ name, label }: ReferenceFilterProps): ReactNode {
  const { search, change } = useList();
  const reference = referenceOf(name);
  return (
    reference !== undefined && (
      <Chosen
        reference={reference}
        value={search[name]}
        change={(key) => change({ [name]: key ?? undefined })}
        aria-label={label}
        placeholder={label}
        clearable
      />
    )
  );
}

/** Chooses several objects by searching for them. */
export function ReferencesInput({ reference, value, change, common }: ReferenceProps): ReactNode {
  const chosen = (Array.isArray(value) ? value : []).map(String);
  const { options, search } = useOptions(reference, chosen);
  return (
    <MultiSelect
      {...common}
      data={options}
      value={chosen}
      searchable
      clearable
      hidePickedOptions
      clearSearchOnChange
      placeholder={t('form.chooseMore')}
      nothingFoundMessage={t('form.nothingFound')}
      clearButtonProps={{ 'aria-label': t('form.clear') }}
      filter={({ options: all }) => all}
      onSearchChange={search}
      onChange={(keys) => change(keys.map(asKey))}
    />
  );
}
