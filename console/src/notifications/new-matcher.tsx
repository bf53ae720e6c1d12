import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';

import { api, contentOf, type Schema } from '../api/client';
import { guardsQuery } from '../flows/queries';
import { FormDialog } from '../parts/form/form-dialog';
import { Icon } from '../parts/icon';
import { policyFamily } from '../policies/family';
import { useSession } from '../session';
import { t } from '../texts/texts';

/** A button that creates an event matcher and binds it to a rule. */
export function NewMatcher({ rule }: { readonly rule: string }): ReactNode {
  const { can } = useSession();
  const client = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  if (!can('add_eventmatcherpolicy') || !can('add_policybinding')) return null;
  return (
    <>
      <Button size="xs" leftSection={<Icon name="add" />} onClick={() => setOpen(true)}>
        {t('notifications.addEvent')}
      </Button>
      <FormDialog
        title={t('notifications.addEvent')}
        request="EventMatcherPolicyRequest"
        layout={policyFamily.layouts['event_matcher'] ?? {}}
        isOpen={isOpen}
        close={() => setOpen(false)}
        save={async (body: Schema<'EventMatcherPolicyRequest'>) => {
          const { pk: policy } = await contentOf(api.POST('/policies/event_matcher/', { body }));
          await contentOf(api.POST('/policies/bindings/', { body: { target: rule, policy, order: 0 } }));
        }}
        saved={() => {
          void client.invalidateQueries(guardsQuery(rule));
          void client.invalidateQueries({ queryKey: ['policy list'] });
        }}
      />
    </>
  );
}
