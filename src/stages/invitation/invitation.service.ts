import { randomUUID } from 'node:crypto';

import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type SelectQueryBuilder } from 'typeorm';

import { SETTINGS, type Settings } from '../../config/settings.js';
import type { Caller, KnownUsers } from '../../core/access/caller.js';
import { requireRoom } from '../../core/limits/require-room.js';
import { Housekeeping } from '../../database/housekeeping.js';
import { SecretBox } from '../../database/secret-box.js';
import { FlowService } from '../../flows/flow.service.js';
import { everyRow, type VisibleRows } from '../../rest/access/route-access.js';
import { restrict } from '../../rest/access/visible.js';
import { AppError } from '../../rest/errors/app-error.js';
import { conflictingWrites } from '../../rest/errors/database-conflict.js';
import { columnsOf } from '../../rest/fields/columns-of.js';
import type { Page } from '../../rest/list/page.js';
import { readPage, select } from '../../rest/list/read-page.js';
import type { InvitationListQuery } from './dto/invitation-list.query.js';
import type { InvitationDto, InvitationRequestDto, PatchedInvitationRequestDto } from './dto/invitation.dto.js';
import { Invitation } from './invitation.entity.js';
import { invitationAnswer, type InvitationRow, invitationRowColumns } from './invitation.mapper.js';

/** Stores invitations, and deletes expired ones. */
@Injectable()
export class InvitationService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly flows: FlowService,
    private readonly secrets: SecretBox,
    @Inject(SETTINGS) private readonly settings: Settings,
    housekeeping: Housekeeping,
  ) {
    housekeeping.register('expired invitations', () => this.purge());
  }

  async list(query: InvitationListQuery, visible: VisibleRows, known: KnownUsers): Promise<Page<InvitationDto>> {
    const { pagination, results } = await readPage<InvitationRow>(this.invitations(visible, known), query);
    return { pagination, results: await this.toDtos(results) };
  }

  /** @throws AppError `notFound` */
  async get(pk: string, visible: VisibleRows, known: KnownUsers): Promise<InvitationDto> {
    const invitation = await this.find(pk, visible, known);
    if (invitation === undefined) throw new AppError('notFound');
    return invitation;
  }

  /** @throws ValidationError if the caller has created as many invitations as the settings allow */
  async create(request: InvitationRequestDto, by: Caller): Promise<InvitationDto> {
    const pk = randomUUID();
    const createdById = by.pk;
    await this.dataSource.transaction(async (manager) => {
      const limit = this.settings.invitationsPerUser;
      await requireRoom(manager, by.pk, { entity: Invitation, owned: { createdById }, noun: 'invitations', limit });
      await manager.insert(Invitation, { ...columnsOfInvitation(request), pk, createdById } as object);
    });
    const invitation = await this.find(pk, everyRow, by.knownUsers);
    // Its flow or its creator has been deleted in the meantime, and the invitation with it.
    if (invitation === undefined) throw conflictingWrites();
    return invitation;
  }

  /** Changes the fields in the request. The others keep their values, also for PUT. */
  async update(
    { pk }: Invitation,
    request: InvitationRequestDto | PatchedInvitationRequestDto,
    known: KnownUsers,
  ): Promise<InvitationDto> {
    const columns = columnsOfInvitation(request);
    if (Object.keys(columns).length > 0) {
      await this.dataSource.transaction((manager) => manager.update(Invitation, { pk }, columns as object));
    }
    return this.get(pk, everyRow, known);
  }

  async remove({ pk }: Invitation): Promise<void> {
    await this.dataSource.transaction((manager) => manager.delete(Invitation, { pk }));
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

  private async find(pk: string, visible: VisibleRows, known: KnownUsers): Promise<InvitationDto | undefined> {
    const invitation = this.invitations(visible, known).andWhere('invitation.pk = :pk', { pk });
    const row = await select(invitation, invitationRowColumns).getRawOne<InvitationRow>();
    const [answer] = row === undefined ? [] : await this.toDtos([row]);
    return answer;
  }

  /** Joins only creators that the caller may see, so that searches and filters reveal nothing about the others. */
  private invitations(visible: VisibleRows, known: KnownUsers): SelectQueryBuilder<Invitation> {
    const invitations = this.dataSource.manager
      .createQueryBuilder(Invitation, 'invitation')
      .leftJoin('invitation.createdBy', 'author', known === null ? undefined : 'author.pk = any(:knownUsers)', {
        knownUsers: known,
      })
      .leftJoin('invitation.flow', 'flow');
    return restrict(invitations, visible, 'createdById');
  }

  /** Returns the responses for invitations, with all their flows in one query. */
  private async toDtos(rows: readonly InvitationRow[]): Promise<InvitationDto[]> {
    const flows = await this.flows.getMany([...new Set(rows.flatMap(({ flow }) => flow ?? []))]);
    return rows.map((row) => invitationAnswer(row, flows.get(row.flow ?? ''), this.secrets));
  }
}

function columnsOfInvitation({ flow: flowId, ...others }: PatchedInvitationRequestDto): Partial<Invitation> {
  return { ...columnsOf<Invitation>(others), ...(flowId !== undefined && { flowId }) };
}
