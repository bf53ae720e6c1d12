/** Returns why events cannot be delivered to a URL; undefined if they can. */
export function webhookUrlProblem(text: string): string | undefined {
  const url = /^https?:\/\/[^\s\\]+$/i.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) return 'Enter a URL that starts with https:// or http://.';
  // It is shown to everyone with the permission to view endpoints.
  if (url.username !== '' || url.password !== '') return 'The URL must not contain a user name or a password.';
  if (url.hash !== '') return 'The URL must not contain a fragment.';
  return undefined;
}
