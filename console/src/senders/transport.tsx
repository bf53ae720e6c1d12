import type { ReactNode } from 'react';

import { api, contentOf, type Schema } from '../api/client';
import { useSession } from '../session';
import { ServerCheck } from './server-check';

/** A named transport: its servers, and whether they would accept mails. */
export function Transport({ transport }: { readonly transport: Schema<'NamedTransport'> }): ReactNode {
  const { can } = useSession();
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
        <ServerCheck
          name={name}
          check={() => contentOf(api.POST('/mail/transports/{transport_uuid}/check/', { params }))}
        />
      )}
    </article>
  );
}
