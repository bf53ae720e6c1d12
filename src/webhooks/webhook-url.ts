import { AddressRefusedError, OutgoingNetworks } from '../outgoing/outgoing-networks.js';
import type { RuleContext } from '../rest/fields/field.js';

/** Returns why events cannot be delivered to a URL; undefined if they can. */
export function webhookUrlProblem(text: string): string | undefined {
  const url = /^https?:\/\/[^\s\\]+$/i.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) return 'Enter a URL that starts with https:// or http://.';
  // It is shown to everyone with the permission to view endpoints.
  if (url.username !== '' || url.password !== '') return 'The URL must not contain a user name or a password.';
  if (url.hash !== '') return 'The URL must not contain a fragment.';
  return undefined;
}

/** Rule: refuses the address of a private network, which every delivery would refuse. Names are looked up by deliveries only. */
export function isReachable(url: string, { resolve }: RuleContext): Promise<string[] | undefined> {
  try {
    resolve(OutgoingNetworks).check(new URL(url));
    return Promise.resolve(undefined);
  } catch (error) {
    if (!(error instanceof AddressRefusedError)) throw error;
    return Promise.resolve([error.message]);
  }
}
