import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import type { Schema } from '../api/client';
import { ChoiceFilter } from '../parts/filters';
import { Icon } from '../parts/icon';
import { ListPage, useList } from '../parts/list-page';
import { useSession } from '../session';
import { counted, t } from '../texts/texts';
import { kindNamed, kindOf } from './kinds';
import { stageListQuery, stageTypesQuery } from './queries';

/** The stages of all kinds, and in which flows they are. */
export function StageList(): ReactNode {
  const {
    search: { kind },
    filter,
  } = useList();
  const { can } = useSession();
  const types = (useQuery(stageTypesQuery).data ?? []).filter(({ component }) =>
    can(kindOf(component).permission('view')),
  );
  const mayAdd = types.some(({ component }) => can(kindOf(component).permission('add')));
  return (
    <ListPage
      title={t('nav.stages')}
      actions={
        mayAdd && (
          <Button component={Link} to="/stages/new" leftSection={<Icon name="add" />}>
            {t('stages.create')}
          </Button>
        )
      }
      find={t('stages.search')}
      filters={
        <ChoiceFilter
          name="kind"
          label={t('stages.kind')}
          any={t('stages.anyKind')}
          choices={types.map(({ name, component }) => ({ value: kindOf(component).name, label: shortKind(name) }))}
        />
      }
      query={useQuery(stageListQuery(filter, kind === undefined ? undefined : kindNamed(kind)))}
      label={t('stages.list')}
      keyOf={({ pk }) => pk}
      row={(stage) => <StageRow stage={stage} />}
      empty={{ icon: 'stages', title: t('stages.empty'), text: t('stages.emptyText') }}
    />
  );
}

function StageRow({ stage }: { readonly stage: Schema<'Stage'> }): ReactNode {
  const flows = stage.flow_set ?? [];
  return (
    <Link to="/stages/$pk" params={{ pk: stage.pk }} className="row stage-row">
      <span className="row-main" dir="auto">
        {stage.name}
      </span>
      <span className="row-soft">{shortKind(stage.verbose_name)}</span>
      <span className="row-soft cut" dir="auto">
        {flows.length === 0
          ? t('stages.inNone')
          : flows
              .slice(0, 2)
              .map(({ name }) => name)
              .join(', ')}
        {flows.length > 2 && ` ${counted('stages.more', flows.length - 2)}`}
      </span>
    </Link>
  );
}

/** Returns the name of a kind without the word that all of them end with. */
export function shortKind(name: string): string {
  return name.replace(/ Stage$/, '');
}
