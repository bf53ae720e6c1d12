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
import { policyKindNamed, policyKindOf, shortPolicyKind } from './kinds';
import { bindingsQuery, policyListQuery, policyTypesQuery, targetsQuery } from './queries';
import { targetName } from './targets';

/** The policies of all kinds, and where they are used. */
export function PolicyList(): ReactNode {
  const {
    search: { kind },
    filter,
  } = useList();
  const { can } = useSession();
  const types = (useQuery(policyTypesQuery).data ?? []).filter(({ component }) =>
    can(policyKindOf(component).permission('view')),
  );
  const mayAdd = types.some(({ component }) => can(policyKindOf(component).permission('add')));
  const seesTargets = can('view_flow') && can('view_flowstagebinding') && can('view_policybinding');
  const targets = useQuery({ ...targetsQuery, enabled: seesTargets }).data ?? [];
  const bindings = useQuery({ ...bindingsQuery(), enabled: seesTargets }).data ?? [];
  const placesOf = (policy: string): string[] =>
    bindings
      .filter((binding) => binding.policy === policy)
      .map(({ target }) => targets.find(({ key }) => key === target))
      .filter((target) => target !== undefined)
      .map(targetName);
  return (
    <ListPage
      title={t('nav.policies')}
      actions={
        mayAdd && (
          <Button component={Link} to="/policies/new" leftSection={<Icon name="add" />}>
            {t('policies.create')}
          </Button>
        )
      }
      find={t('stages.search')}
      filters={
        <ChoiceFilter
          name="kind"
          label={t('stages.kind')}
          any={t('stages.anyKind')}
          choices={types.map(({ name, component }) => ({
            value: policyKindOf(component).name,
            label: shortPolicyKind(name),
          }))}
        />
      }
      query={useQuery(policyListQuery(filter, kind === undefined ? undefined : policyKindNamed(kind)))}
      label={t('policies.list')}
      keyOf={({ pk }) => pk}
      row={(policy) => <PolicyRow policy={policy} places={placesOf(policy.pk)} />}
      empty={{ icon: 'policies', title: t('policies.empty'), text: t('policies.emptyText') }}
    />
  );
}

interface PolicyRowProps {
  readonly policy: Schema<'Policy'>;
  /** Flows and steps that it is bound to, as far as the visitor sees them. */
  readonly places: readonly string[];
}

function PolicyRow({ policy: { pk, name, verbose_name: kind, bound_to: uses }, places }: PolicyRowProps): ReactNode {
  const others = uses - Math.min(places.length, 2);
  return (
    <Link to="/policies/$pk" params={{ pk }} className="row stage-row">
      <span className="row-main" dir="auto">
        {name}
      </span>
      <span className="row-soft">{shortPolicyKind(kind)}</span>
      <span className="row-soft cut" dir="auto">
        {uses === 0
          ? t('policies.unused')
          : places.length === 0
            ? counted('policies.uses', uses)
            : places.slice(0, 2).join(', ')}
        {places.length > 0 && others > 0 && ` ${counted('stages.more', others)}`}
      </span>
    </Link>
  );
}
