import type { ReactNode } from 'react';

import { NewObject } from '../kinds/new-object';
import { policyFamily } from './family';

/** Creates a policy. */
export function NewPolicy(): ReactNode {
  return <NewObject family={policyFamily} />;
}
