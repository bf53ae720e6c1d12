import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import type { Schema } from '../api/client';
import { ObjectPage } from '../kinds/object-page';
import { Panel } from '../parts/page';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { EmailTests } from './email-tests';
import { stageFamily } from './family';

const route = getRouteApi('/stages/$pk');

/** A stage: its settings, and the flows that it is in. */
export function StagePage(): ReactNode {
  const { pk } = route.useParams();
  const { can } = useSession();
  return (
    <ObjectPage family={stageFamily} pk={pk}>
      {({ flow_set: flows = [], name }, kind) => (
        <>
          <Flows flows={flows} />
          {kind.name === 'email' && can('change_emailstage') && <EmailTests pk={pk} name={name} />}
        </>
      )}
    </ObjectPage>
  );
}

function Flows({ flows }: { readonly flows: readonly Schema<'FlowSet'>[] }): ReactNode {
  return (
    <Panel title={t('stages.usedIn')}>
      {flows.length === 0 ? (
        <p className="panel-text">{t('stages.inNone')}</p>
      ) : (
        <ul className="rows">
          {flows.map(({ pk, slug, name }) => (
            <li key={pk}>
              <Link to="/flows/$slug" params={{ slug }} className="row">
                <span className="row-main" dir="auto">
                  {name}
                </span>
                <span className="row-soft">{slug}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
