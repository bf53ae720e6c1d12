import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { useLive } from '../live';
import { Page, Panel } from '../parts/page';
import { Loaded, Note } from '../parts/states';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { Chart } from './chart';
import { Failures } from './failures';
import { Figures } from './figures';
import { Domains, Flows } from './groups';
import { type Period, periods, statisticsQuery } from './queries';
import { Setup } from './setup';
import { Troubles } from './troubles';

const route = getRouteApi('/');

/** Whether mails arrive, and what is left to set up. */
export function Overview(): ReactNode {
  const { can } = useSession();
  const seesMails = can('view_mailmessage');
  const seesSetup = can('view_maildomain') || can('view_user');
  if (!seesMails && !seesSetup) {
    return (
      <Page title={t('overview.title')}>
        <div className="panel">
          <Note icon="lock" title={t('overview.nothing')} text={t('overview.nothingText')} />
        </div>
      </Page>
    );
  }
  if (!seesMails) {
    return (
      <Page title={t('overview.title')}>
        <Setup />
      </Page>
    );
  }
  return <Mails />;
}

function Mails(): ReactNode {
  const { since } = route.useSearch();
  useLive();
  const period: Period = periods.find((name) => name === since) ?? 'day';
  const figures = useQuery(statisticsQuery(period));
  return (
    <Page title={t('overview.title')} actions={<Periods chosen={period} />}>
      <Figures figures={figures.data} period={period} />
      <Loaded query={figures} lines={4}>
        {({ intervals, interval, mails }) =>
          mails > 0 && (
            <Panel title={t('overview.chart')}>
              <Chart intervals={intervals} interval={interval} />
            </Panel>
          )
        }
      </Loaded>
      <div className="columns below">
        <div>
          <Troubles servers={figures.data?.servers ?? []} period={period} />
          <Failures />
          <Flows flows={figures.data?.flows ?? []} period={period} />
          <Domains domains={figures.data?.domains ?? []} period={period} />
        </div>
        <div>
          <Setup />
        </div>
      </div>
    </Page>
  );
}

function Periods({ chosen }: { readonly chosen: Period }): ReactNode {
  return (
    <nav className="tabs periods" aria-label={t('mails.since')}>
      {(['hour', 'day', 'week'] as const).map((period) => (
        <Link
          key={period}
          to="/"
          search={{ since: period === 'day' ? undefined : period }}
          activeOptions={{ explicitUndefined: true }}
          aria-current={period === chosen ? 'page' : undefined}
          className="tab"
        >
          {t(`mails.${period}`)}
        </Link>
      ))}
    </nav>
  );
}
