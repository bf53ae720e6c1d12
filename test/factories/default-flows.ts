import { BlueprintStart } from '../../src/managed/blueprint-start.service.js';
import type { TestApp } from '../support/test-app.js';

/** Applies the files of blueprints as a start of the service does: the flows that come with it are there then. */
export function applyBlueprints({ nest }: Pick<TestApp, 'nest'>): Promise<void> {
  return nest.get(BlueprintStart, { strict: false }).run();
}
