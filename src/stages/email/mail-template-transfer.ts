import type { EntityManager } from 'typeorm';

import type { ExportPart } from '../../flows/transfer/exporter.service.js';
import type { TransferModel } from '../../flows/transfer/transfer-model.js';
import {
  MailTemplateRequestDto,
  PatchedMailTemplateRequestDto,
} from '../../mail/stored-templates/dto/mail-template.dto.js';
import { MailTemplate, mailTemplateModel } from '../../mail/stored-templates/mail-template.entity.js';
import type { MailTemplateService } from '../../mail/stored-templates/mail-template.service.js';
import { everyRow } from '../../rest/access/route-access.js';
import type { Reference } from '../../rest/used-by.js';
import { EmailStage } from './email-stage.entity.js';

/** Import and export of mail templates. */
export function mailTemplateTransfer(service: MailTemplateService): TransferModel {
  return {
    model: mailTemplateModel,
    entity: MailTemplate,
    identifiers: { name: { on: 'row.name', type: 'text' } },
    naturalKey: 'name',
    request: MailTemplateRequestDto,
    patch: PatchedMailTemplateRequestDto,
    store: {
      insert: (manager, request, pk, by) => service.insert(manager, request as MailTemplateRequestDto, pk, by),
      change: (manager, pk, request) => service.change(manager, pk, request),
      remove: (row, manager) => service.remove(row, manager),
    },
    subject: (pk) => service.subject(pk),
    exported: { identifiers: ['name'], read: (manager, pk) => service.read(manager, pk, everyRow) },
  };
}

/** Exports the templates in the database that the stages of a flow use, and those that these name. */
export const templatesOfFlow: ExportPart = {
  model: mailTemplateModel,
  place: 'before stages',
  async keys(manager, { stages }) {
    const used = await manager
      .createQueryBuilder(EmailStage, 'stage')
      .select('stage.template', 'name')
      .where('stage.pk = any(:stages)', { stages })
      .getRawMany<{ name: string }>();
    const stored = await manager.find(MailTemplate, { order: { name: 'ASC' } });
    const wanted = new Set(used.map(({ name }) => name));
    // Sets are extended while they are walked: a template can name one that names another.
    for (const name of wanted) {
      const found = stored.find((template) => template.name === name);
      if (found === undefined) continue;
      for (const other of stored) if (names(found, other.name)) wanted.add(other.name);
    }
    return stored.filter(({ name }) => wanted.has(name)).map(({ pk }) => pk);
  },
};

/** Returns the stages that name a template. They keep the name when it is deleted, and another place must have it. */
export function stagesWithTemplate(manager: EntityManager, pk: string): Reference[] {
  return [
    {
      app: 'authentik_stages_email',
      model: 'emailstage',
      action: 'set_default',
      rows: manager
        .createQueryBuilder(EmailStage, 'stage')
        .select('stage.pk', 'pk')
        .addSelect(`concat('Stage ', stage.name)`, 'name')
        .where('stage.template = (select name from "mail_template" where template_uuid = :pk)', { pk })
        .orderBy('stage.name'),
    },
  ];
}

function names({ html, text }: MailTemplate, name: string): boolean {
  return [html, text].some((source) => source.includes(`"${name}"`) || source.includes(`'${name}'`));
}
