/**
 * What a newcomer needs, printed once the service listens.
 *
 * @param newKey the administrator's key for the API, when it was made or set at this start
 * @param hasMailbox whether mails stay in the local mailbox
 */
export function welcome(url: string, newKey: string | undefined, hasMailbox: boolean): string {
  const token =
    newKey === undefined
      ? 'the one shown at the first start (lost? BOOTSTRAP_TOKEN sets another)'
      : `${newKey}\n               of the administrator, akadmin; shown this once`;
  return `
  email-stage  ${url}
  Swagger UI   ${url}/api/v3/docs/
  API token    ${token}${hasMailbox ? `\n  Mailbox      ${url}/dev/mailbox/ (until EMAIL_HOST is set)` : ''}

  Try it:
  curl -H 'Authorization: Bearer ${newKey ?? '<API token>'}' ${url}/api/v3/stages/email/
`;
}
