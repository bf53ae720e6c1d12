import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import type { Caller } from '../../core/access/caller.js';
import { type ReadRows, ResourceStore } from '../../core/access/resource-store.js';
import { Authority } from '../../core/authority/authority.service.js';
import type { Subject } from '../../core/authority/read-standings.js';
import type { VisibleRows } from '../../rest/access/route-access.js';
import { AppError } from '../../rest/errors/app-error.js';
import { nonField, ValidationError } from '../../rest/errors/validation-error.js';
import { Referrers } from '../../rest/referrers.js';
import type { Reference } from '../../rest/used-by.js';
import { MailRenderer } from '../rendering/mail-renderer.js';
import type { MailTemplateDto, MailTemplateRequestDto } from './dto/mail-template.dto.js';
import { maxTemplates } from './limits.js';
import { MailTemplate, mailTemplateModel } from './mail-template.entity.js';
import { mailTemplateColumns } from './mail-template.mapper.js';
import { TemplateVersions } from './template-versions.service.js';

/** Stores mail templates. Every change is a version. */
@Injectable()
export class MailTemplateService extends ResourceStore<
  MailTemplate,
  MailTemplateDto,
  MailTemplateDto,
  MailTemplateRequestDto
> {
  constructor(
    dataSource: DataSource,
    private readonly renderer: MailRenderer,
    private readonly versions: TemplateVersions,
    private readonly authority: Authority,
    private readonly referrers: Referrers,
  ) {
    super(dataSource, { entity: MailTemplate, alias: 'template', columns: mailTemplateColumns });
  }

  override async insert(
    manager: EntityManager,
    request: MailTemplateRequestDto,
    pk: string,
    by?: Caller,
  ): Promise<void> {
    if ((await manager.count(MailTemplate)) >= maxTemplates) {
      throw new ValidationError({ [nonField]: [`There are ${maxTemplates} templates already. Delete one first.`] });
    }
    await super.insert(manager, request, pk, by);
    await this.versions.keep(manager, pk);
  }

  /**
   * Changes a template, unless the request changes nothing: a blueprint that is applied again adds no version.
   *
   * @throws AppError `changedMeanwhile` if the request is based on another version
   */
  override async change(
    manager: EntityManager,
    pk: string,
    { expected_version, ...request }: MailTemplateRequestDto | Partial<MailTemplateRequestDto>,
  ): Promise<void> {
    const stored = await manager.findOne(MailTemplate, { where: { pk }, lock: { mode: 'pessimistic_write' } });
    if (stored === null) return;
    if (expected_version !== undefined && expected_version !== stored.version) {
      throw new AppError('changedMeanwhile', String(stored.version));
    }
    const values = this.columnsOf(request);
    if (Object.entries(values).every(([property, value]) => stored[property as keyof MailTemplate] === value)) return;
    if (values.name !== undefined && values.name !== stored.name) await this.requireSpare(manager, stored);
    await manager.update(MailTemplate, { pk }, { ...values, version: stored.version + 1 });
    await this.versions.keep(manager, pk);
  }

  /** @throws ValidationError if stages would be left without their template */
  override async remove({ pk }: { readonly pk: string }, manager = this.dataSource.manager): Promise<void> {
    await manager.transaction(async (transaction) => {
      const stored = await transaction.findOne(MailTemplate, { where: { pk }, lock: { mode: 'pessimistic_write' } });
      if (stored === null) return;
      await this.requireSpare(transaction, stored);
      await transaction.delete(MailTemplate, { pk });
    });
  }

  override async references(pk: string, visible: VisibleRows, _by: Caller): Promise<Reference[]> {
    const { manager } = this.dataSource;
    await this.read(manager, pk, visible);
    return this.referrers.of(mailTemplateModel, manager, pk);
  }

  /** Makes a version the current one again, as a new version. */
  async restore(pk: string, version: number, expected: number | undefined, by: Caller): Promise<MailTemplateDto> {
    const { html, text } = await this.versions.get(pk, version);
    return this.update({ pk }, { html, text, ...(expected !== undefined && { expected_version: expected }) }, by);
  }

  /** The template as `Authority` compares it: a template gets the recovery links of all users, and can send them elsewhere. */
  subject(pk: string): Subject {
    return {
      stage: async (manager) => {
        const stored = await manager.findOneBy(MailTemplate, { pk });
        return stored === null ? undefined : { groups: [], superuserBy: [`mail template ${pk} ${stored.version}`] };
      },
    };
  }

  /** @throws AppError `forbidden` if a caller who is not a superuser writes a template */
  protected override write(pk: string, by: Caller, change: (manager: EntityManager) => Promise<void>): Promise<void> {
    return this.dataSource.transaction((manager) =>
      this.authority.changing(manager, by, [this.subject(pk)], () => change(manager)),
    );
  }

  protected responses({ rows }: ReadRows<MailTemplateDto, never>): MailTemplateDto[] {
    return rows.map(({ pk, name, html, text, version, created, last_updated }) => ({
      ...{ pk, name, html, text, version, created, last_updated },
    }));
  }

  /** Requires that the folder or the service has a template of this name too, or that nothing uses it. */
  private async requireSpare(manager: EntityManager, { pk, name }: MailTemplate): Promise<void> {
    const others = (await this.renderer.origins(name)).filter((origin) => origin !== 'stored');
    if (others.length > 0) return;
    const uses = this.referrers.of(mailTemplateModel, manager, pk).map(({ rows }) => rows.getCount());
    const count = (await Promise.all(uses)).reduce((sum, each) => sum + each, 0);
    if (count === 0) return;
    const stages = count === 1 ? 'A stage uses' : `${count} stages use`;
    throw new ValidationError({ [nonField]: [`${stages} ${name}. Choose another template there first.`] });
  }
}
