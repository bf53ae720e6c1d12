import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';

import { Icon } from '../parts/icon';
import { Page, Panel } from '../parts/page';
import { Loaded, Note } from '../parts/states';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { Domain } from './domain';
import { DomainDialog } from './domain-dialog';
import { domainsQuery, transportsQuery } from './queries';
import { Transport } from './transport';
import { TransportDialog } from './transport-dialog';

/** How mails leave the service, and the domains that they come from. */
export function Senders(): ReactNode {
  const { can } = useSession();
  return (
    <Page title={t('nav.senders')}>
      {can('view_namedtransport') && <Transports />}
      {can('view_maildomain') && <Domains />}
      {!can('view_namedtransport') && !can('view_maildomain') && (
        <Note icon="lock" title={t('state.forbidden')} text={t('state.forbiddenText')} />
      )}
    </Page>
  );
}

/** Only superusers add transports, since they set the URL. */
function Transports(): ReactNode {
  const { user } = useSession();
  const [isAdding, setAdding] = useState(false);
  const [added, setAdded] = useState<string>();
  return (
    <Panel
      title={t('senders.transports')}
      aside={
        user.is_superuser && (
          <Button size="xs" variant="default" leftSection={<Icon name="add" />} onClick={() => setAdding(true)}>
            {t('senders.addTransport')}
          </Button>
        )
      }
    >
      {isAdding && <TransportDialog close={() => setAdding(false)} saved={setAdded} />}
      <Loaded query={useQuery(transportsQuery)} lines={3}>
        {({ results }) =>
          results.length === 0 ? (
            <Note icon="senders" title={t('senders.noTransports')} text={t('senders.noTransportsText')} />
          ) : (
            <ul className="rows">
              {results.map((transport) => (
                <li key={transport.pk}>
                  <Transport transport={transport} isNew={transport.pk === added} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      <p className="panel-foot">{t('senders.transportsText')}</p>
    </Panel>
  );
}

function Domains(): ReactNode {
  const { can } = useSession();
  const [isAdding, setAdding] = useState(false);
  return (
    <Panel
      title={t('senders.domains')}
      aside={
        can('add_maildomain') && (
          <Button size="xs" variant="default" leftSection={<Icon name="add" />} onClick={() => setAdding(true)}>
            {t('senders.addDomain')}
          </Button>
        )
      }
    >
      {isAdding && <DomainDialog close={() => setAdding(false)} />}
      <Loaded query={useQuery(domainsQuery)} lines={3}>
        {({ results }) =>
          results.length === 0 ? (
            <Note icon="mail" title={t('senders.noDomains')} text={t('senders.noDomainsText')} />
          ) : (
            <ul className="rows">
              {results.map((domain) => (
                <li key={domain.pk}>
                  <Domain domain={domain} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}
