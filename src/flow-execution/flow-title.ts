/**
 * Returns the title of a flow with `%(app)s` and `%(user)s` replaced. A title with any other `%` is returned unchanged.
 */
export function flowTitle(title: string, values: { readonly app: string; readonly user: string }): string {
  const filled = title.replaceAll(/%(?:\((app|user)\)s|(%))/g, (_, name: 'app' | 'user' | undefined) =>
    name === undefined ? '\0' : values[name].replaceAll('%', '\0'),
  );
  return filled.includes('%') ? title : filled.replaceAll('\0', '%');
}
