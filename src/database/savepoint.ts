import type { EntityManager } from 'typeorm';

class IntendedRollback extends Error {}

/**
 * Runs work in a savepoint of the transaction, and rolls it back unless the work returns true: for work that is done only to
 * take the same time.
 */
export async function inSavepoint(
  manager: EntityManager,
  work: (nested: EntityManager) => Promise<boolean>,
): Promise<void> {
  try {
    await manager.transaction(async (nested) => {
      if (!(await work(nested))) throw new IntendedRollback();
    });
  } catch (error) {
    if (!(error instanceof IntendedRollback)) throw error;
  }
}
