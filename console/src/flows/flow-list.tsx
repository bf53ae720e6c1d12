import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import type { Schema } from '../api/client';
import { ChoiceFilter } from '../parts/filters';
import { choiceLabel } from '../parts/form/field';
import { Icon } from '../parts/icon';
import { ListPage, useList } from '../parts/list-page';
import { useSession } from '../session';
import { counted, t } from '../texts/texts';
import { flowListQuery } from './queries';

const designations: readonly Schema<'FlowDesignationEnum'>[] = [
  'authentication',
  'enrollment',
  'recovery',
  'authorization',
  'invalidation',
  'stage_configuration',
  'unenrollment',
];

/** The flows that the visitor may see. */
export function FlowList(): ReactNode {
  const { search, filter } = useList();
  const { can } = useSession();
  const designation = designations.find((each) => each === search.kind);
  return (
    <ListPage
      title={t('nav.flows')}
      actions={
        can('add_flow') && (
          <>
            <Button component={Link} to="/flows/import" variant="default" leftSection={<Icon name="upload" />}>
              {t('flows.import')}
            </Button>
            <Button component={Link} to="/flows/new" leftSection={<Icon name="add" />}>
              {t('flows.create')}
            </Button>
          </>
        )
      }
      find={t('flows.search')}
      filters={
        <ChoiceFilter
          name="kind"
          label={t('flows.purpose')}
          any={t('flows.anyPurpose')}
          choices={designations.map((value) => ({ value, label: choiceLabel(value) }))}
        />
      }
      query={useQuery(flowListQuery({ ...filter, ...(designation !== undefined && { designation }) }))}
      label={t('flows.list')}
      keyOf={({ pk }) => pk}
      row={(flow) => <FlowRow flow={flow} />}
      empty={{ icon: 'flows', title: t('flows.empty'), text: t('flows.emptyText') }}
    />
  );
}

function FlowRow({ flow }: { readonly flow: Schema<'Flow'> }): ReactNode {
  return (
    <Link to="/flows/$slug" params={{ slug: flow.slug }} className="row stage-row">
      <span className="row-main" dir="auto">
        {flow.name} <span className="row-soft">{flow.slug}</span>
      </span>
      <span className="row-soft">{choiceLabel(flow.designation)}</span>
      <span className="row-soft">{counted('flows.steps', flow.stages.length)}</span>
    </Link>
  );
}
