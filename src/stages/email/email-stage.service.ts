import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { DataSource, type SelectQueryBuilder } from 'typeorm';

import { SealBrokenError, SecretBox } from '../../database/secret-box.js';
import { FlowSetReader } from '../../flows/flow-set.js';
import { stageReferences } from '../../flows/stage-references.js';
import { type MailSender, MailSenders } from '../../mail/delivery/mail-senders.js';
import { everyRow, type VisibleRows } from '../../rest/access/route-access.js';
import { restrict } from '../../rest/access/visible.js';
import { AppError } from '../../rest/errors/app-error.js';
import { columnsOf } from '../../rest/fields/columns-of.js';
import type { Page } from '../../rest/list/page.js';
import { readPage, select } from '../../rest/list/read-page.js';
import type { Reference } from '../../rest/used-by.js';
import type { EmailStageListQuery } from './dto/email-stage-list.query.js';
import type { EmailStageDto, EmailStageRequestDto, PatchedEmailStageRequestDto } from './dto/email-stage.dto.js';
import { EmailStage } from './email-stage.entity.js';
import { emailStageAnswer, emailStageColumns, type EmailStageRow } from './email-stage.mapper.js';

/** Names the column that a stage's password is sealed for. */
export const emailPasswordPlace = 'stage.password';

/** Keeps the email stages. */
@Injectable()
export class EmailStageService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly flowSets: FlowSetReader,
    private readonly secrets: SecretBox,
    private readonly senders: MailSenders,
  ) {}

  async list(query: EmailStageListQuery, visible: VisibleRows): Promise<Page<EmailStageDto>> {
    const { pagination, results } = await readPage<EmailStageRow>(this.stages(visible), query);
    const flows = await this.flowSets.ofStages(results.map(({ pk }) => pk));
    return { pagination, results: results.map((row) => emailStageAnswer(row, flows.get(row.pk) ?? [])) };
  }

  /** @throws AppError `notFound` */
  async get(pk: string, visible: VisibleRows): Promise<EmailStageDto> {
    const stage = this.stages(visible).andWhere('stage.pk = :pk', { pk });
    const row = await select(stage, emailStageColumns).getRawOne<EmailStageRow>();
    if (row === undefined) throw new AppError('notFound');
    const flows = await this.flowSets.ofStages([pk]);
    return emailStageAnswer(row, flows.get(pk) ?? []);
  }

  async create(request: EmailStageRequestDto): Promise<EmailStageDto> {
    const stage = Object.assign(new EmailStage(), this.columnsOf(request), { pk: randomUUID() });
    await this.dataSource.manager.insert(EmailStage, stage);
    return this.get(stage.pk, everyRow);
  }

  /** Changes what the request names; the rest, the password too, stays as it is, also for a PUT. */
  async update(
    { pk }: EmailStage,
    request: EmailStageRequestDto | PatchedEmailStageRequestDto,
  ): Promise<EmailStageDto> {
    const columns = this.columnsOf(request);
    if (Object.keys(columns).length > 0) await this.dataSource.manager.update(EmailStage, { pk }, columns);
    return this.get(pk, everyRow);
  }

  /** Removes the stage and its bindings. */
  async remove({ pk }: EmailStage): Promise<void> {
    await this.dataSource.manager.delete(EmailStage, { pk });
  }

  /** Who sends the mails of a stage, as it is set up now; undefined if there is no such stage. */
  async senderOf(pk: string): Promise<MailSender | undefined> {
    const stage = await this.dataSource.manager.findOneBy(EmailStage, { pk });
    if (stage === null) return undefined;
    const { name } = stage;
    if (stage.useGlobalSettings) return { ...this.senders.global(), name };
    const { host, port, username, useTls, useSsl, timeout, fromAddress } = stage;
    try {
      const password = this.secrets.open(stage.password, emailPasswordPlace);
      return { smtp: { host, port, username, password, useTls, useSsl, timeout }, fromAddress, name };
    } catch (error) {
      if (!(error instanceof SealBrokenError)) throw error;
      return { smtp: undefined, fromAddress, name, problem: error.message };
    }
  }

  /** @throws AppError `notFound` */
  async references(pk: string, visible: VisibleRows): Promise<Reference[]> {
    await this.get(pk, visible);
    return stageReferences(this.dataSource.manager, pk);
  }

  private stages(visible: VisibleRows): SelectQueryBuilder<EmailStage> {
    return restrict(this.dataSource.manager.createQueryBuilder(EmailStage, 'stage'), visible);
  }

  /** `flow_set` is checked but decides nothing: bindings say which flows a stage stands in. */
  private columnsOf({ flow_set: _, password, ...others }: PatchedEmailStageRequestDto): Partial<EmailStage> {
    const sealed = password === undefined ? undefined : this.secrets.seal(password, emailPasswordPlace);
    return columnsOf<EmailStage>({ ...others, password: sealed });
  }
}
