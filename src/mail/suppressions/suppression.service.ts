import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { type ReadRows, ResourceStore } from '../../core/access/resource-store.js';
import { Housekeeping } from '../../database/housekeeping.js';
import type { SuppressionDto, SuppressionRequestDto } from './dto/suppression.dto.js';
import { suppressedForm, suppressingForms } from './suppressed-form.js';
import { Suppression, type SuppressionReason } from './suppression.entity.js';
import { suppressionColumns } from './suppression.mapper.js';

/** What is done about an address, in words. */
const causes: Readonly<Record<SuppressionReason, string>> = {
  manual: 'an administrator has blocked it',
  bounce: 'an earlier mail came back',
  complaint: 'the recipient of an earlier mail reported it as spam',
};

/** Stores which addresses get no mail. */
@Injectable()
export class SuppressionService extends ResourceStore<
  Suppression,
  SuppressionDto,
  SuppressionDto,
  SuppressionRequestDto
> {
  constructor(dataSource: DataSource, housekeeping: Housekeeping) {
    super(dataSource, { entity: Suppression, alias: 'suppression', columns: suppressionColumns });
    housekeeping.register('expired suppressions', () => this.purge());
  }

  /** Returns why mails to each of these addresses are not sent, for administrators, without those that get mails. */
  async reasonsFor(addresses: Iterable<string>): Promise<ReadonlyMap<string, string>> {
    const forms = new Map([...addresses].map((address) => [address, suppressingForms(address)]));
    const rows = await this.dataSource.query<{ address: string; reason: SuppressionReason }[]>(
      `select address, reason from "suppression" where address = any($1) and (expires is null or expires > now())`,
      [[...new Set([...forms.values()].flat())]],
    );
    const reasons = new Map(rows.map(({ address, reason }) => [address, reason]));
    return new Map(
      [...forms].flatMap(([address, each]) => {
        const form = each.find((one) => reasons.has(one));
        const reason = form === undefined ? undefined : reasons.get(form);
        return form === undefined || reason === undefined ? [] : [[address, inWords(form, reason)] as const];
      }),
    );
  }

  /** Suppresses an address in the caller's transaction, unless it is suppressed. */
  async suppress(
    manager: EntityManager,
    { address, reason, message }: { address: string; reason: SuppressionReason; message: string },
  ): Promise<void> {
    await manager.query(
      `insert into "suppression" as old (suppression_uuid, address, reason, message_uuid)
       values ($1, $2, $3, $4)
       on conflict (address) do update
         set reason = excluded.reason, message_uuid = excluded.message_uuid, expires = null, last_updated = now()
         where old.expires <= now()`,
      [randomUUID(), suppressedForm(address), reason, message],
    );
  }

  protected override columnsOf({ address, ...others }: Partial<SuppressionRequestDto>): Partial<Suppression> {
    return { ...super.columnsOf(others), ...(address !== undefined && { address: suppressedForm(address) }) };
  }

  protected responses({ rows }: ReadRows<SuppressionDto, never>): SuppressionDto[] {
    return [...rows];
  }

  private async purge(): Promise<number> {
    const deleted = await this.dataSource.query<[unknown[], number]>(
      `delete from "suppression" where suppression_uuid in (
         select suppression_uuid from "suppression" where expires < now() limit 500
       )`,
    );
    return deleted[1];
  }
}

function inWords(form: string, reason: SuppressionReason): string {
  const what = form.includes('@') ? form : `the domain ${form}`;
  return `Mails to ${what} are suppressed: ${causes[reason]}. Delete the suppression to send it.`;
}
