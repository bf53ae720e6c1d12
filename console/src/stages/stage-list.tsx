import type { ReactNode } from 'react';

import { KindList } from '../kinds/kind-list';
import { t } from '../texts/texts';
import { stageFamily } from './family';

/** The stages of all kinds, and in which flows they are. */
export function StageList(): ReactNode {
  return (
    <KindList
      family={stageFamily}
      usesOf={({ flow_set: flows = [] }) => ({ places: flows.map(({ name }) => name), none: t('stages.inNone') })}
    />
  );
}
