/** The embedded database cannot be used; the message says why and what the operator can do. */
export class EmbeddedDatabaseError extends Error {
  override readonly name = 'EmbeddedDatabaseError';
}

/** Last sentence of messages about machines that cannot run the embedded server. */
export const useOwnServer = 'Set DATABASE_URL to use a PostgreSQL server of your own.';

/** Returns the code of a failed system call (`ENOENT`) or statement (`57P03`); undefined for other errors. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Returns the message of a thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
