import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type SelectQueryBuilder } from 'typeorm';

import { SETTINGS, type Settings } from '../../config/settings.js';
import type { Caller, KnownUsers } from '../../core/access/caller.js';
import { type ReadRows, ResourceStore } from '../../core/access/resource-store.js';
import { requireRoom } from '../../core/limits/require-room.js';
import { Housekeeping } from '../../database/housekeeping.js';
import { SecretBox } from '../../database/secret-box.js';
import { FlowService } from '../../flows/flow.service.js';
import type { InvitationDto, InvitationRequestDto } from './dto/invitation.dto.js';
import { Invitation } from './invitation.entity.js';
import { invitationAnswer, type InvitationRow, invitationRowColumns } from './invitation.mapper.js';

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

  /** @throws ValidationError if the caller has created as many invitations as the settings allow */
  override async insert(manager: EntityManager, request: InvitationRequestDto, pk: string, by: Caller): Promise<void> {
    const limit = this.settings.invitationsPerUser;
    const owned = { createdById: by.pk };
    await requireRoom(manager, by.pk, { entity: Invitation, owned, noun: 'invitations', limit });
    await super.insert(manager, request, pk, by);
  }

  protected override newRow(pk: string, by: Caller): Invitation {
    return Object.assign(super.newRow(pk, by), { createdById: by.pk });
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
  protected async answers({ rows }: ReadRows<InvitationRow, never>): Promise<InvitationDto[]> {
    const flows = await this.flows.getMany([...new Set(rows.flatMap(({ flow }) => flow ?? []))]);
    return rows.map((row) => invitationAnswer(row, flows.get(row.flow ?? ''), this.secrets));
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
