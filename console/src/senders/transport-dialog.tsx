import { Modal } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { api, contentOf, type Schema } from '../api/client';
import { type FormLayout, ResourceForm } from '../parts/form/resource-form';
import { t } from '../texts/texts';
import { transportsQuery } from './queries';
import { ServerInput } from './server-input';

const layout: FormLayout = { first: ['name', 'url', 'from_address'], inputs: { url: ServerInput } };
const storedLayout: FormLayout = { first: ['name', 'url', 'from_address'] };

interface TransportDialogProps {
  /** Without one, a transport is added. */
  readonly transport?: Schema<'NamedTransport'>;
  readonly close: () => void;
  /** Is called with the key of the transport, when it is stored. */
  readonly saved: (pk: string) => void;
}

/** Adds a transport, or changes one. */
export function TransportDialog({ transport, close, saved }: TransportDialogProps): ReactNode {
  const client = useQueryClient();
  const title = transport === undefined ? t('senders.addTransport') : t('senders.editOf', { name: transport.name });
  return (
    <Modal opened onClose={close} size="lg" title={title} closeButtonProps={{ 'aria-label': t('action.cancel') }}>
      <ResourceForm
        request="NamedTransportRequest"
        label={title}
        value={transport}
        layout={transport === undefined ? layout : storedLayout}
        {...(transport === undefined && { action: t('senders.addTransport') })}
        cancel={close}
        save={(body: Schema<'NamedTransportRequest'>) =>
          transport === undefined
            ? contentOf(api.POST('/mail/transports/', { body }))
            : contentOf(
                api.PATCH('/mail/transports/{transport_uuid}/', {
                  params: { path: { transport_uuid: transport.pk } },
                  body,
                }),
              )
        }
        saved={({ pk }) => {
          void client.invalidateQueries(transportsQuery);
          void client.invalidateQueries({ queryKey: ['reference', 'transports'] });
          close();
          saved(pk);
        }}
      />
    </Modal>
  );
}
