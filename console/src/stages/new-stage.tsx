import type { ReactNode } from 'react';

import { NewObject } from '../kinds/new-object';
import { stageFamily } from './family';

/** Creates a stage. */
export function NewStage(): ReactNode {
  return <NewObject family={stageFamily} />;
}
