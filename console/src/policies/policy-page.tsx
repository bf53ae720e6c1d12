import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { ObjectPage } from '../kinds/object-page';
import { useSession } from '../session';
import { Bindings } from './bindings';
import { policyFamily } from './family';
import { PolicyTest } from './policy-test';

const route = getRouteApi('/policies/$pk');

/** A policy: its settings, a test of it, where it is used and who may change it. */
export function PolicyPage(): ReactNode {
  const { pk } = route.useParams();
  const { can } = useSession();
  return (
    <ObjectPage family={policyFamily} pk={pk}>
      {(policy) => (
        <>
          <Bindings policy={policy} />
          {can('view_policy') && can('add_policy') && can('view_user') && <PolicyTest pk={pk} />}
        </>
      )}
    </ObjectPage>
  );
}
