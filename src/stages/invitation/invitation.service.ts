import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type SelectQueryBuilder } from 'typeorm';

import { SETTINGS, type Settings } from '../../config/settings.js';
import type { Caller, KnownUsers } from '../../core/access/caller.js';
import { type ReadRows, ResourceStore } from '../../core/access/resource-store.js';
import { isAmongSuperusers } from '../../core/authority/membership.js';
import { requireRoom } from '../../core/limits/require-room.js';
import { Housekeeping } from '../../database/housekeeping.js';
import { SecretBox } from '../../database/secret-box.js';
import { FlowService } from '../../flows/flow.service.js';
import { ValidationError } from '../../rest/errors/validation-error.js';
import type { InvitationDto, InvitationRequestDto } from './dto/invitation.dto.js';
import { Invitation } from './invitation.entity.js';
import { invitationResponse, type InvitationRow, invitationRowColumns } from './invitation.mapper.js';

const stored = {
  entity: Invitation,
  alias: 'invitation',
  columns: invitationRowColumns,
  creator: 'createdById',
} as const;

/** Stores invitations, and deletes expired ones. */
@Injectable()
export class InvitationService extends ResourceStore<Invitation, InvitationRow, InvitationDto, InvitationRequestDto> {
  constructor(
    dataSource: DataSource,
    private readonly flows: FlowService,
    private readonly secrets: SecretBox,
    @Inject(SETTINGS) private readonly settings: Settings,
    housekeeping: Housekeeping,
  ) {
    super(dataSource, stored);
    housekeeping.register('expired invitations', () => this.purge());
  }

  /**
   * Invitations of the operator's files are created by the first active superuser.
   *
   * @throws ValidationError if the creator has as many invitations as the settings allow
   */
  override async insert(manager: EntityManager, request: InvitationRequestDto, pk: string, by?: Caller): Promise<void> {
    const creator = by?.pk ?? (await firstSuperuser(manager));
    const limit = this.settings.invitationsPerUser;
    const owned = { createdById: creator };
    await requireRoom(manager, creator, { entity: Invitation, owned, noun: 'invitations', limit });
    await manager.insert(Invitation, { ...this.columnsOf(request), ...owned, pk } as object);
  }

  /** Joins only creators that the caller may see, so that searches and filters reveal nothing about the others. */
  protected override rows(manager: EntityManager, known: KnownUsers): SelectQueryBuilder<Invitation> {
    return super
      .rows(manager, known)
      .leftJoin('invitation.createdBy', 'author', known === null ? undefined : 'author.pk = any(:knownUsers)', {
        knownUsers: known,
      })
      .leftJoin('invitation.flow', 'flow');
  }

  /** Reads all flows in one query. */
  protected async responses({ rows }: ReadRows<InvitationRow, never>): Promise<InvitationDto[]> {
    const flows = await this.flows.getMany([...new Set(rows.flatMap(({ flow }) => flow ?? []))]);
    return rows.map((row) => invitationResponse(row, flows.get(row.flow ?? ''), this.secrets));
  }

  /**
   * Deletes a batch of expired invitations.
   *
   * @returns their number
   */
  private async purge(): Promise<number> {
    const deleted = await this.dataSource.query<[unknown[], number]>(
      `delete from "invitation"
        where invite_uuid in (select invite_uuid from "invitation" where expires < now() limit 500)`,
    );
    return deleted[1];
  }
}

async function firstSuperuser(manager: EntityManager): Promise<number> {
  const [user] = await manager.query<{ id: number }[]>(
    `select u.id from "user" u where u.is_active and ${isAmongSuperusers('u.id')} order by u.id limit 1`,
  );
  if (user === undefined) throw new ValidationError({ created_by: ['There is no active superuser to create it.'] });
  return user.id;
}
