import { Modal, NativeSelect } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { api, contentOf, type Schema } from '../api/client';
import { type FormLayout, ResourceForm } from '../parts/form/resource-form';
import { t } from '../texts/texts';
import { transportsQuery } from './queries';

/** How the URLs of providers begin: what stands in `<…>` is filled in. */
const providers: Readonly<Record<string, string>> = {
  'Microsoft 365':
    'smtp://<address>@smtp.office365.com:587?oauth=microsoft&tenant=<tenant>&client_id=<id>&client_secret=<secret>',
  Gmail: 'smtp://<address>:<app password>@smtp.gmail.com:587',
  'Amazon SES': 'ses+api://<key ID>:<secret>@default?region=eu-west-1',
  Resend: 'resend://<API key>@default',
  Postmark: 'postmark://<server token>@default',
  SendGrid: 'sendgrid://<API key>@default',
  Mailgun: 'mailgun://<API key>@default?domain=<domain>',
  'Mailpit, on your machine': 'smtp://127.0.0.1:1025',
};
const ownServer = 'smtp://<user>:<password>@<server>:587';

const layout: FormLayout = {
  first: ['name', 'url', 'from_address'],
  before: {
    url: (values, fill) => (
      <NativeSelect
        label={t('stages.provider')}
        description={t('senders.providerText')}
        value={Object.values(providers).find((url) => url === values['url']) ?? ownServer}
        data={[
          { value: ownServer, label: t('stages.ownServer') },
          ...Object.entries(providers).map(([label, value]) => ({ value, label })),
        ]}
        onChange={({ currentTarget }) => fill({ url: currentTarget.value })}
      />
    ),
  },
};
const storedLayout: FormLayout = { first: ['name', 'url', 'from_address'] };

interface TransportDialogProps {
  /** Without one, a transport is added. */
  readonly transport?: Schema<'NamedTransport'>;
  readonly close: () => void;
}

/** Adds a transport, or changes one. */
export function TransportDialog({ transport, close }: TransportDialogProps): ReactNode {
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
        saved={() => {
          void client.invalidateQueries(transportsQuery);
          void client.invalidateQueries({ queryKey: ['reference', 'transports'] });
          close();
        }}
      />
    </Modal>
  );
}
