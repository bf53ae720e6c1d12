import { useQueries, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import type { Schema } from '../api/client';
import { reasonOf } from '../mails/explain';
import { mailQuery, mailsQuery } from '../mails/queries';
import { startOfTime } from '../mails/since';
import { Panel } from '../parts/page';
import { counted, t } from '../texts/texts';

/** Mails whose attempts are read: the list of mails names no servers. */
const sample = 10;

interface Trouble {
  readonly server: string;
  readonly mails: number;
  readonly latest: Schema<'MailMessageDetail'>;
  readonly reason: string;
}

/** The servers that did not accept the latest mails. Not shown if there are none. */
export function Troubles(): ReactNode {
  const filter = (): Parameters<typeof mailsQuery>[0] extends () => infer Filter ? Filter : never => ({
    state: ['retrying', 'failed'],
    created__gte: startOfTime('day') ?? '',
    page_size: sample,
  });
  const found = useQuery(mailsQuery(filter, ['troubles'])).data?.results ?? [];
  const mails = useQueries({
    queries: found.map(({ pk }) => ({ ...mailQuery(pk), refetchInterval: 30_000 })),
    combine: (results) => results.flatMap(({ data }) => data ?? []),
  });
  const troubles = troublesOf(mails);
  if (troubles.length === 0) return null;
  return (
    <Panel title={t('overview.troubles')}>
      <ul className="rows" aria-label={t('overview.troubles')}>
        {troubles.map(({ server, mails: count, latest, reason }) => (
          <li key={server}>
            <Link to="/mails/$pk" params={{ pk: latest.pk }} className="row trouble">
              <span className="row-main">{server}</span>
              <span className="row-count">{counted('overview.affected', count)}</span>
              <span className="row-soft" dir="auto">
                {reason}
              </span>
            </Link>
          </li>
        ))}
      </ul>
      <p className="panel-foot">{t('overview.troublesOf')}</p>
    </Panel>
  );
}

function troublesOf(mails: readonly Schema<'MailMessageDetail'>[]): Trouble[] {
  const troubles = new Map<string, Trouble>();
  for (const mail of mails) {
    const last = mail.timeline.filter(({ outcome }) => outcome === 'deferred' || outcome === 'refused').at(-1);
    if (last === undefined || last.server === '') continue;
    const known = troubles.get(last.server);
    const reason = [reasonOf(last), last.reply].filter((part) => part !== '').join(' ');
    troubles.set(
      last.server,
      known === undefined
        ? { server: last.server, mails: 1, latest: mail, reason }
        : { ...known, mails: known.mails + 1 },
    );
  }
  return [...troubles.values()].sort((one, other) => other.mails - one.mails);
}
