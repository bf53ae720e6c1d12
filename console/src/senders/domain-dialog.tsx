import { Modal } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { api, contentOf, type Schema } from '../api/client';
import { ResourceForm } from '../parts/form/resource-form';
import { t } from '../texts/texts';
import { domainsQuery } from './queries';

/** Adds a domain, whose keys and records the service makes. */
export function DomainDialog({ close }: { readonly close: () => void }): ReactNode {
  const client = useQueryClient();
  const title = t('senders.addDomain');
  return (
    <Modal opened onClose={close} title={title} closeButtonProps={{ 'aria-label': t('action.cancel') }}>
      <ResourceForm
        request="MailDomainRequest"
        label={title}
        action={title}
        cancel={close}
        save={(body: Schema<'MailDomainRequest'>) => contentOf(api.POST('/mail/domains/', { body }))}
        saved={() => {
          void client.invalidateQueries(domainsQuery);
          close();
        }}
      />
    </Modal>
  );
}
