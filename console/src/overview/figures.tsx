import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import type { Schema } from '../api/client';
import { type MailFilter, mailsQuery, waitingStates } from '../mails/queries';
import { startOfTime } from '../mails/since';
import { distance } from '../parts/moment';
import { currentFormats, t } from '../texts/texts';

type State = Schema<'MailMessageStateEnum'>;

/** Counts mails of a day, without loading them. */
function useCount(state: State): number | undefined {
  const filter = (): MailFilter => ({ state: [state], created__gte: startOfTime('day') ?? '', page_size: 1 });
  return useQuery(mailsQuery(filter, ['count', state])).data?.pagination.count;
}

/** Mails that wait, the oldest first. */
function useWaiting(): UseQueryResult<Schema<'PaginatedMailMessageList'>> {
  const filter = (): MailFilter => ({ state: waitingStates, ordering: 'created', page_size: 1 });
  return useQuery(mailsQuery(filter, ['waiting']));
}

/** The numbers of a day; each leads to its mails. */
export function Figures(): ReactNode {
  const waiting = useWaiting().data;
  const [failed, sent, captured] = [useCount('failed'), useCount('sent'), useCount('captured')];
  const oldest = waiting?.results[0];
  const finished = (failed ?? 0) + (sent ?? 0);
  return (
    <ul className="figures" aria-label={t('overview.mails')}>
      <Figure
        label={t('overview.waiting')}
        count={waiting?.pagination.count}
        state="waiting"
        text={
          oldest === undefined ? t('overview.noneWaiting') : t('overview.oldest', { time: distance(oldest.created) })
        }
      />
      <Figure
        label={t('overview.failed')}
        count={failed}
        state="failed"
        since="day"
        text={finished > 0 && failed !== undefined ? t('overview.share', { percent: share(failed / finished) }) : ''}
      />
      <Figure label={t('overview.sent')} count={sent} state="sent" since="day" text="" />
      {captured !== undefined && captured > 0 && (
        <Figure label={t('overview.captured')} count={captured} state="captured" since="day" text="" />
      )}
    </ul>
  );
}

function Figure({
  label,
  count,
  state,
  since,
  text,
}: {
  readonly label: string;
  readonly count: number | undefined;
  readonly state: string;
  readonly since?: string;
  readonly text: string;
}): ReactNode {
  return (
    <li>
      <Link to="/mails" search={{ state, since }} className="figure" data-state={state} data-none={count === 0}>
        <span className="figure-label">{label}</span>
        <span className="figure-count">
          {count === undefined ? '–' : new Intl.NumberFormat(currentFormats()).format(count)}
        </span>
        <span className="figure-text">{text}</span>
      </Link>
    </li>
  );
}

function share(part: number): string {
  return new Intl.NumberFormat(currentFormats(), { style: 'percent', maximumFractionDigits: 1 }).format(part);
}
