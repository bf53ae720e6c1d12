/** The embedded database cannot be had; the message says why and what to do about it, for the person who starts us. */
export class EmbeddedDatabaseError extends Error {
  override readonly name = 'EmbeddedDatabaseError';
}

/** The sentence that ends every message about a machine on which the embedded server cannot work. */
export const useYourOwn = 'Set DATABASE_URL to use a PostgreSQL server of your own.';

/** The code of a failed system call (`ENOENT`) or statement (`57P03`); undefined for any other failure. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
