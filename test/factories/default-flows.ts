import { BlueprintStart } from '../../src/managed/blueprint-start.service.js';
import type { TestApp } from '../support/test-app.js';

/** Applies the blueprint files as a start of the service does, which creates the default flows. */
export function applyBlueprints({ nest }: Pick<TestApp, 'nest'>): Promise<void> {
  return nest.get(BlueprintStart, { strict: false }).run();
}
