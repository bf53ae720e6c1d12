import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { endFurtherAddresses, isFreeFor, noteProvedAddress } from '../core/addresses/proved-addresses.js';
import { Credentials } from '../core/users/credentials.service.js';
import { User } from '../core/users/user.entity.js';
import { EventLog } from '../events/event-log.js';
import { NotMeLinks, type NotMeState, type UsedNotMeLink } from '../mail/not-me/not-me-links.service.js';
import { ValidationError } from '../rest/errors/validation-error.js';
import { Recovery } from './recovery.service.js';

/** Result of a "this was not me" button. `secured`: access ended, and a mail with a link to a new password is sent if one can be. */
export type NotMeResult =
  | { readonly kind: 'deleted' }
  | { readonly kind: 'secured'; readonly isMailed: boolean }
  | { readonly kind: 'nothing'; readonly state: NotMeState };

/** Carries out the "this was not me" links of mails when their button is pressed. */
@Injectable()
export class NotMe {
  constructor(
    private readonly dataSource: DataSource,
    private readonly links: NotMeLinks,
    private readonly credentials: Credentials,
    private readonly recovery: Recovery,
    private readonly events: EventLog,
  ) {}

  /** State of a link. Changes nothing. */
  findState(secret: string): Promise<NotMeState> {
    return this.links.stateOf(secret);
  }

  /**
   * Carries out a link, once; pressed again it changes nothing.
   *
   * @param locales languages of the reader, for the mail
   */
  async confirm(secret: string, clientIp: string, locales: readonly string[]): Promise<NotMeResult> {
    const result = await this.dataSource.transaction(async (manager): Promise<NotMeResult | undefined> => {
      const deleted = await this.links.deleteSignUp(manager, secret);
      if (deleted !== undefined) {
        await this.logEvent(
          manager,
          'An account was deleted before it was confirmed: its owner did not sign up.',
          deleted,
          clientIp,
        );
        return { kind: 'deleted' };
      }
      const link = await this.links.use(manager, secret);
      return link && this.secure(manager, link, clientIp, locales);
    });
    return result ?? { kind: 'nothing', state: await this.links.stateOf(secret) };
  }

  private async secure(
    manager: EntityManager,
    { kind, user: pk, address }: UsedNotMeLink,
    clientIp: string,
    locales: readonly string[],
  ): Promise<NotMeResult> {
    // The author of the change may know the password, so the account has none until the owner sets a new one.
    await this.credentials.setPassword(manager, { pk }, '', { endsBootstrapToken: true });
    const isReachable = kind === 'change' || (await restoreAddress(manager, pk, address));
    // One of them may be the author's, who could recover the account by it.
    await endFurtherAddresses(manager, pk);
    const done = 'A user did not make a change of their account. All access to it was ended.';
    const closed = 'The earlier address is a name of another account now, so the account has no address.';
    await this.logEvent(manager, isReachable ? done : `${done} ${closed}`, pk, clientIp);
    const user = await manager.findOneByOrFail(User, { pk });
    return { kind: 'secured', isMailed: isReachable && (await this.mail(manager, user, locales)) };
  }

  /** Mails a link to a new password. @returns false if there is no recovery flow for the user */
  private async mail(manager: EntityManager, user: User, locales: readonly string[]): Promise<boolean> {
    try {
      await this.recovery.mail(manager, user, locales);
      return true;
    } catch (error) {
      if (error instanceof ValidationError) return false;
      throw error;
    }
  }

  private logEvent(manager: EntityManager, message: string, pk: number, clientIp: string): Promise<void> {
    const context = { message, affected_user: { pk } };
    return this.events.write(manager, { action: 'suspicious_request', app: 'authentik.core', context, clientIp });
  }
}

/**
 * Gives an account its earlier address back, which the link in a mail to that address has proved. If another confirmed
 * account has it as a name, or has proved it too, the account is left without an address: the current one may belong to
 * a stranger, and recovery would let them in.
 *
 * @returns whether the account has the address
 */
async function restoreAddress(manager: EntityManager, pk: number, address: string): Promise<boolean> {
  const stored = await manager.findOneByOrFail(User, { pk });
  const isFree = await isFreeFor(manager, stored, address);
  await manager.update(User, { pk }, { email: isFree ? address : '' });
  if (isFree) await noteProvedAddress(manager, pk, address);
  return isFree;
}
