import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { KindList } from '../kinds/kind-list';
import { useSession } from '../session';
import { counted, t } from '../texts/texts';
import { policyFamily } from './family';
import { bindingsQuery, targetsQuery } from './queries';
import { targetName } from './targets';

/** The policies of all kinds, and where they are used. */
export function PolicyList(): ReactNode {
  const { can } = useSession();
  const seesTargets = can('view_flow') && can('view_flowstagebinding') && can('view_policybinding');
  const targets = useQuery({ ...targetsQuery, enabled: seesTargets }).data ?? [];
  const bindings = useQuery({ ...bindingsQuery(), enabled: seesTargets }).data ?? [];
  const placesOf = (policy: string): string[] =>
    bindings
      .filter((binding) => binding.policy === policy)
      .map(({ target }) => targets.find(({ key }) => key === target))
      .filter((target) => target !== undefined)
      .map(targetName);
  return (
    <KindList
      family={policyFamily}
      usesOf={({ pk, bound_to: count }) => ({
        places: placesOf(pk),
        count,
        none: t('policies.unused'),
        unseen: counted('policies.uses', count),
      })}
    />
  );
}
