import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { ChoiceFilter } from '../parts/filters';
import { Icon } from '../parts/icon';
import { ListPage, useList } from '../parts/list-page';
import { useSession } from '../session';
import { counted, t } from '../texts/texts';
import { type Family, kindNamed, kindOf, type OfKind, shortKind } from './family';
import { kindListQuery, kindsQuery } from './queries';

/** Where an object is used. */
interface Uses {
  /** Names of the places that the visitor sees. */
  readonly places: readonly string[];
  /** How many there are; by default as many as are seen. */
  readonly count?: number;
  /** Said if it is used nowhere. */
  readonly none: string;
  /** Said if none of its places is seen. */
  readonly unseen?: string;
}

interface KindListProps<Row extends OfKind> {
  readonly family: Family<Row>;
  readonly usesOf: (row: Row) => Uses;
}

/** The objects of all kinds, and where they are used. */
export function KindList<Row extends OfKind>({ family, usesOf }: KindListProps<Row>): ReactNode {
  const {
    search: { kind },
    filter,
  } = useList();
  const { can } = useSession();
  const { all } = family;
  const types = (useQuery(kindsQuery(family)).data ?? []).map(({ name, component }) => ({
    label: shortKind(name),
    kind: kindOf(family, component),
  }));
  return (
    <ListPage
      title={t(`nav.${all}`)}
      actions={
        types.some((type) => can(type.kind.permission('add'))) && (
          <Button component={Link} to={`/${all}/new`} leftSection={<Icon name="add" />}>
            {t(`${all}.create`)}
          </Button>
        )
      }
      find={t('stages.search')}
      filters={
        <ChoiceFilter
          name="kind"
          label={t('stages.kind')}
          any={t('stages.anyKind')}
          choices={types
            .filter((type) => can(type.kind.permission('view')))
            .map((type) => ({ value: type.kind.name, label: type.label }))}
        />
      }
      query={useQuery(kindListQuery(family, filter, kind === undefined ? undefined : kindNamed(family, kind)))}
      label={t(`${all}.list`)}
      keyOf={({ pk }) => pk}
      row={(row) => (
        <Link to={`/${all}/$pk`} params={{ pk: row.pk }} className="row stage-row">
          <span className="row-main" dir="auto">
            {row.name}
          </span>
          <span className="row-soft">{shortKind(row.verbose_name)}</span>
          <span className="row-soft cut" dir="auto">
            {usesText(usesOf(row))}
          </span>
        </Link>
      )}
      empty={{ icon: all, title: t(`${all}.empty`), text: t(`${all}.emptyText`) }}
    />
  );
}

const most = 2;

function usesText({ places, count = places.length, none, unseen = '' }: Uses): string {
  if (count === 0) return none;
  if (places.length === 0) return unseen;
  const more = count - Math.min(places.length, most);
  return places.slice(0, most).join(', ') + (more > 0 ? ` ${counted('stages.more', more)}` : '');
}
