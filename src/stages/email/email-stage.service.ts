import { Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';

import { SealBrokenError, SecretBox } from '../../database/secret-box.js';
import { FlowSetReader } from '../../flows/flow-set.js';
import { StageStore } from '../../flows/stage-store.js';
import { type MailSender, MailSenders } from '../../mail/delivery/mail-senders.js';
import type { EmailStageDto, EmailStageRequestDto } from './dto/email-stage.dto.js';
import { EmailStage } from './email-stage.entity.js';
import { emailStageKind } from './email-stage.kind.js';

/** Names the column that a stage's password is sealed for. */
export const emailPasswordPlace = 'stage.password';

/** Keeps the email stages. */
@Injectable()
export class EmailStageService extends StageStore<EmailStage, EmailStageDto, EmailStageRequestDto> {
  constructor(
    dataSource: DataSource,
    flowSets: FlowSetReader,
    private readonly secrets: SecretBox,
    private readonly senders: MailSenders,
  ) {
    super(dataSource, flowSets, emailStageKind);
  }

  /** Who sends the mails of these stages, as they are set up now. Those that do not exist are left out. */
  async sendersOf(pks: readonly string[]): Promise<Map<string, MailSender>> {
    const stages = await this.dataSource.manager.findBy(EmailStage, { pk: In([...pks]) });
    return new Map(stages.map((stage) => [stage.pk, this.senderOf(stage)]));
  }

  /** Who sends the mails of a stage. */
  senderOf(stage: EmailStage): MailSender {
    const { name, host, port, username, useTls, useSsl, timeout, fromAddress } = stage;
    if (stage.useGlobalSettings) return { ...this.senders.global(), name };
    try {
      const password = this.secrets.open(stage.password, emailPasswordPlace);
      return { smtp: { host, port, username, password, useTls, useSsl, timeout }, fromAddress, name };
    } catch (error) {
      if (!(error instanceof SealBrokenError)) throw error;
      return { smtp: undefined, fromAddress, name, problem: error.message };
    }
  }

  protected override columnsOf({ password, ...others }: Partial<EmailStageRequestDto>): Partial<EmailStage> {
    const columns = super.columnsOf(others);
    if (password === undefined) return columns;
    return { ...columns, password: this.secrets.seal(password, emailPasswordPlace) };
  }
}
