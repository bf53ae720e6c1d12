import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { api, contentOf, type Schema } from '../api/client';
import { Back } from '../parts/back';
import { type FormLayout, ResourceForm } from '../parts/form/resource-form';
import { SlugInput } from '../parts/form/slug-input';
import { Page, Panel } from '../parts/page';
import { t } from '../texts/texts';

/** Creates a flow without steps. */
export function NewFlow(): ReactNode {
  const navigate = useNavigate();
  const client = useQueryClient();
  return (
    <Page title={t('flows.create')} above={<Back to="/flows">{t('flows.back')}</Back>}>
      <Panel title={t('stages.settings')}>
        <ResourceForm
          request="FlowRequest"
          label={t('flows.create')}
          layout={flowLayout}
          action={t('flows.create')}
          save={(body: Schema<'FlowRequest'>) => contentOf(api.POST('/flows/instances/', { body }))}
          saved={({ slug }) => {
            void client.invalidateQueries({ queryKey: ['flow list'] });
            void navigate({ to: '/flows/$slug', params: { slug } });
          }}
        />
      </Panel>
    </Page>
  );
}

/** The form of flows, new or not. */
export const flowLayout: FormLayout = {
  first: ['name', 'title', 'slug', 'designation', 'authentication'],
  inputs: { slug: SlugInput },
};
