import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { MailRows } from '../mails/mail-rows';
import { mailsQuery } from '../mails/queries';
import { startOfTime } from '../mails/since';
import { Panel } from '../parts/page';
import { Loaded, Note } from '../parts/states';
import { t } from '../texts/texts';

/** The latest mails that failed. */
export function Failures(): ReactNode {
  const failures = useQuery(
    mailsQuery(() => ({ state: ['failed'], created__gte: startOfTime('day') ?? '', page_size: 5 }), ['failures']),
  );
  const all = (
    <Link to="/mails" search={{ state: 'failed' }} className="text-link">
      {t('overview.allFailures')}
    </Link>
  );
  return (
    <Panel title={t('overview.latest')} aside={all}>
      <Loaded query={failures} lines={4}>
        {({ results }) =>
          results.length === 0 ? (
            <Note icon="check" title={t('overview.noFailures')} text={t('overview.noFailuresText')} />
          ) : (
            <MailRows label={t('overview.latest')} mails={results} />
          )
        }
      </Loaded>
    </Panel>
  );
}
