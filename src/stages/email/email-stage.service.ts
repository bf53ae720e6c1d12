import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In } from 'typeorm';

import { Authority } from '../../core/authority/authority.service.js';
import { SealBrokenError, SecretBox } from '../../database/secret-box.js';
import { EventLog } from '../../events/event-log.js';
import { FlowSetReader } from '../../flows/flow-set.js';
import { StageStore } from '../../flows/stage-store.js';
import { type MailSender, MailSenders } from '../../mail/delivery/mail-senders.js';
import { EmailTemplates } from '../../mail/email-templates.js';
import type { SmtpSettings } from '../../mail/transport/smtp/smtp-settings.js';
import { NamedSenders } from '../../mail/transports/named-senders.js';
import type { ProofSource } from '../../proofs/proof-sources.js';
import { ValidationError } from '../../rest/errors/validation-error.js';
import { fieldsExposingPassword, changesConnection } from './connection-change.js';
import { type EmailStageDto, type EmailStageRequestDto, unknownTemplate } from './dto/email-stage.dto.js';
import { emailStage } from './email-stage.definition.js';
import { EmailStage } from './email-stage.entity.js';
import { mailLimitOf } from './link-mail.js';
import { customTemplateOf, sendsFromService, subjectOf } from './mail-defaults.js';

/** The place that the seal of a stage's password is bound to. */
export const emailPasswordPlace = 'stage.password';

/** Stores email stages, and returns the senders of their mails. */
@Injectable()
export class EmailStageService extends StageStore<EmailStage, EmailStageDto, EmailStageRequestDto> {
  constructor(
    dataSource: DataSource,
    flowSets: FlowSetReader,
    private readonly secrets: SecretBox,
    private readonly senders: MailSenders,
    private readonly named: NamedSenders,
    private readonly events: EventLog,
    private readonly templates: EmailTemplates,
    authority: Authority,
  ) {
    super(emailStage, dataSource, flowSets, authority);
  }

  /** Returns the senders of stages' mails by stage key, with the current settings. Unknown stages are omitted. */
  async sendersOf(pks: readonly string[]): Promise<Map<string, MailSender>> {
    const stages = await this.dataSource.manager.findBy(EmailStage, { pk: In([...pks]) });
    const named = await this.named.of(stages.flatMap(({ transportId }) => transportId ?? []));
    return new Map(stages.map((stage) => [stage.pk, this.senderWith(stage, named.get(stage.transportId ?? ''))]));
  }

  /** Returns how a stage mails proofs without a flow; undefined if there is no such stage. */
  async proofSourceOf(pk: string): Promise<ProofSource | undefined> {
    const stage = await this.dataSource.manager.findOneBy(EmailStage, { pk });
    if (stage === null) return undefined;
    return {
      fromAddress: (await this.senderOf(stage)).from.address,
      template: customTemplateOf(stage),
      subject: subjectOf(stage),
      minutes: stage.tokenExpiry,
      limit: mailLimitOf(stage),
    };
  }

  /** Returns the sender of a stage's mails. */
  async senderOf(stage: EmailStage, manager?: EntityManager): Promise<MailSender> {
    const { transportId } = stage;
    const named = transportId === null ? undefined : (await this.named.of([transportId], manager)).get(transportId);
    return this.senderWith(stage, named);
  }

  /** Returns the address of the sender of a stage's mails. The statements are the same for every recipient. */
  async fromAddressOf(manager: EntityManager, stage: EmailStage): Promise<string> {
    if (!sendsFromService(stage)) return stage.fromAddress;
    return (await this.senderOf(stage, manager)).from.address;
  }

  /** @param transport sender through the named transport of the stage, if it has one */
  private senderWith(stage: EmailStage, transport: MailSender | undefined): MailSender {
    const { name, host, port, username, useTls, useSsl, timeout, fromAddress } = stage;
    if (transport !== undefined) {
      return { ...transport, name, ...(!sendsFromService(stage) && { from: this.senders.withName(fromAddress) }) };
    }
    if (stage.useGlobalSettings) return { ...this.senders.global(), name };
    const from = sendsFromService(stage) ? this.senders.global().from : this.senders.withName(fromAddress);
    const server = this.senders.transportTo({ host, port, username, password: '', useTls, useSsl, timeout });
    try {
      const password = this.secrets.open(stage.password, emailPasswordPlace);
      const settings: SmtpSettings = { ...server, password };
      return { transports: [settings], from, name };
    } catch (error) {
      if (!(error instanceof SealBrokenError)) throw error;
      return { transports: [server], from, name, problem: error.message };
    }
  }

  /**
   * Changes a stage, and removes the stored password if the change would send it to another server or without TLS and the
   * request sets none: a caller who may change a stage must not learn its password (Keycloak 39486, 49242).
   */
  override async change(
    manager: EntityManager,
    pk: string,
    request: EmailStageRequestDto | Partial<EmailStageRequestDto>,
  ): Promise<void> {
    const fields = await this.exposingFields(manager, pk, request);
    await super.change(manager, pk, fields.length > 0 ? { ...request, password: '' } : request);
    if (fields.length === 0) return;
    await this.events.write(manager, {
      action: 'configuration_error',
      app: 'authentik.stages.email',
      context: { message: 'The password was removed, because the connection settings changed.', stage: pk, fields },
    });
  }

  /** @throws ValidationError if the template was deleted since the request was read */
  protected override async valuesOf(
    manager: EntityManager,
    request: Partial<EmailStageRequestDto>,
  ): Promise<Partial<EmailStage>> {
    const { template } = request;
    if (template !== undefined && !(await this.templates.hold(template, manager))) {
      throw new ValidationError({ template: [unknownTemplate(template)] });
    }
    return super.valuesOf(manager, request);
  }

  /** Returns the fields of a request that expose the stored password. Locks the row until the change is written. */
  private async exposingFields(
    manager: EntityManager,
    pk: string,
    request: Partial<EmailStageRequestDto>,
  ): Promise<string[]> {
    if (request.password !== undefined || !changesConnection(request)) return [];
    const stored = await manager.findOne(EmailStage, { where: { pk }, lock: { mode: 'pessimistic_write' } });
    return stored === null || stored.password === '' ? [] : fieldsExposingPassword(stored, request);
  }

  protected override columnsOf({ password, ...others }: Partial<EmailStageRequestDto>): Partial<EmailStage> {
    const columns = super.columnsOf(others);
    if (password === undefined) return columns;
    return { ...columns, password: this.secrets.seal(password, emailPasswordPlace) };
  }
}
