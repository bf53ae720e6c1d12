import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import type { Schema } from '../api/client';
import { Moment } from '../parts/moment';
import { Panel } from '../parts/page';
import { counted, t } from '../texts/texts';
import type { Period } from './queries';

interface TroublesProps {
  readonly servers: readonly Schema<'MailStatisticsServer'>[];
  readonly period: Period;
}

/** The servers that did not accept mails; each leads to the mails that have tried it last. Not shown if there are none. */
export function Troubles({ servers, period }: TroublesProps): ReactNode {
  if (servers.length === 0) return null;
  return (
    <Panel title={t('overview.troubles')}>
      <ul className="rows" aria-label={t('overview.troubles')}>
        {servers.map(({ server, mails, failing, last_failure }) => (
          <li key={server}>
            <Link to="/mails" search={{ server, since: period }} className="row trouble">
              <span className="row-main">{server}</span>
              <span className="row-count">{counted('overview.affected', mails)}</span>
              <span className="row-soft" data-failing={failing}>
                {t(failing ? 'overview.failing' : 'overview.works')} <Moment time={last_failure} />
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
