import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { Page, Panel } from '../parts/page';
import { Loaded, Note } from '../parts/states';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { Domain } from './domain';
import { domainsQuery, transportsQuery } from './queries';
import { Transport } from './transport';

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

function Transports(): ReactNode {
  return (
    <Panel title={t('senders.transports')}>
      <Loaded query={useQuery(transportsQuery)} lines={3}>
        {({ results }) =>
          results.length === 0 ? (
            <Note icon="senders" title={t('senders.noTransports')} text={t('senders.noTransportsText')} />
          ) : (
            <ul className="rows">
              {results.map((transport) => (
                <li key={transport.pk}>
                  <Transport transport={transport} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}

function Domains(): ReactNode {
  return (
    <Panel title={t('senders.domains')}>
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
