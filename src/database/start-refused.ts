/** The service cannot start with this configuration and this database. Trying again does not help. */
export class StartRefused extends Error {
  override readonly name = 'StartRefused';
}
