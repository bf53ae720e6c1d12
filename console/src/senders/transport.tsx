import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';

import { api, contentOf, done, type Schema } from '../api/client';
import { DeleteButton } from '../parts/form/delete-button';
import { Icon } from '../parts/icon';
import { FoldedAccess } from '../permissions/access';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { transportsQuery } from './queries';
import { asEvents, ServerCheck } from './server-check';
import { TestMail } from './test-mail';
import { TransportDialog } from './transport-dialog';

interface TransportProps {
  readonly transport: Schema<'NamedTransport'>;
  /** It was just added, so it is checked. */
  readonly isNew: boolean;
}

/** A named transport: its servers, and whether they would accept mails. It is checked after it is saved. */
export function Transport({ transport, isNew }: TransportProps): ReactNode {
  const { can } = useSession();
  const client = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const [saves, setSaves] = useState(isNew ? 1 : 0);
  const { pk, name, servers, from_address: from, problem } = transport;
  const params = { path: { transport_uuid: pk } };
  return (
    <article className="sender" aria-label={name}>
      <div>
        <h3 dir="auto">{name}</h3>
        <p className="check-text" dir="auto">
          {servers.map(({ provider, server }) => `${provider} · ${server}`).join(', ')}
          {from !== undefined && from !== '' && ` · ${from}`}
        </p>
        {problem !== '' && <p className="sender-problem">{problem}</p>}
      </div>
      {can('change_namedtransport') && (
        <>
          <ServerCheck
            name={name}
            due={saves}
            check={() => api.POST('/mail/transports/{transport_uuid}/check/', { params, ...asEvents })}
            beside={
              <>
                <Button variant="default" leftSection={<Icon name="edit" />} onClick={() => setOpen(true)}>
                  {t('senders.edit')}
                </Button>
                {can('delete_namedtransport') && (
                  <DeleteButton
                    name={name}
                    label={t('senders.deleteOf', { name })}
                    usedBy={() => contentOf(api.GET('/mail/transports/{transport_uuid}/used_by/', { params }))}
                    remove={() => done(api.DELETE('/mail/transports/{transport_uuid}/', { params }))}
                    removed={() => void client.invalidateQueries(transportsQuery)}
                  />
                )}
              </>
            }
          />
          <details className="transcript">
            <summary>
              <Icon name="next" />
              {t('stages.test')}
            </summary>
            <TestMail
              send={(to) => contentOf(api.POST('/mail/transports/{transport_uuid}/test/', { params, body: { to } }))}
            />
          </details>
          {isOpen && (
            <TransportDialog transport={transport} close={() => setOpen(false)} saved={() => setSaves(saves + 1)} />
          )}
        </>
      )}
      <FoldedAccess model="authentik_mail.namedtransport" object_pk={pk} name={name} />
    </article>
  );
}
