import type { ReactNode } from 'react';

import { Page } from '../parts/page';
import { Note } from '../parts/states';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { Failures } from './failures';
import { Figures } from './figures';
import { Setup } from './setup';
import { Troubles } from './troubles';

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
  return (
    <Page title={t('overview.title')}>
      {seesMails && <Figures />}
      <div className="columns">
        {seesMails && (
          <div>
            <Troubles />
            <Failures />
          </div>
        )}
        <div>
          <Setup />
        </div>
      </div>
    </Page>
  );
}
