import { Injectable } from '@nestjs/common';
import { DataSource, type SelectQueryBuilder } from 'typeorm';

import { DatabaseClock } from '../../database/database-clock.js';
import type { VisibleRows } from '../../rest/access/route-access.js';
import { restrict } from '../../rest/access/visible.js';
import { ValidationError } from '../../rest/errors/validation-error.js';
import { queryForClient } from '../../rest/http/abandoned-statement.js';
import { applyFilters, select } from '../../rest/list/read-page.js';
import { type MailMessageFilterQuery, MailMessageListQuery } from '../messages/dto/mail-message-list.query.js';
import { MailMessage } from '../outbox/mail-message.entity.js';
import { MailProofs } from './mail-proofs.js';
import type { MailStatisticsDto, MailStatisticsIntervalDto } from './mail-statistics.dto.js';

const hour = 3600;
const day = 24 * hour;

/** Seconds of a period without `created__gte`, and of the longest one. */
const defaultPeriod = day;
const longestPeriod = 100 * day;

/** Lengths of intervals in seconds; a period has at most `mostIntervals` of the shortest that fits. */
const intervals = [60, 300, 900, hour, 6 * hour, day];
const mostIntervals = 120;

/** Figures by flow, domain and server: at most so many of each. */
const mostFlows = 50;
const mostDomains = 20;
const mostServers = 20;

/** What is read of each mail, for a query with the alias `message`. */
const figureColumns = {
  pk: 'message.pk',
  state: 'message.state',
  stage: 'message.stageId',
  domain: `lower(split_part(message.recipientAddress, '@', -1))`,
  created: 'message.created',
  key: `substring(coalesce(message.data -> 'link' ->> 'key', message.data ->> 'codeKey') from '[0-9a-f]{8}-[0-9a-f-]{27}')::uuid`,
};

/** The figures of a group, for a query over `figured`. */
const figures = `count(*)::int as mails,
  (count(*) filter (where state in ('sent', 'captured')))::int as sent,
  (count(*) filter (where state = 'failed'))::int as failed,
  (count(*) filter (where state in ('queued', 'sending', 'retrying')))::int as waiting,
  (count(*) filter (where verifiable))::int as verifiable,
  (count(*) filter (where verified is not null))::int as verified,
  round(percentile_cont(0.5) within group (order by extract(epoch from verified - created)))::int as median_seconds`;

type Figures = Omit<MailStatisticsDto, 'since' | 'until' | 'interval' | 'intervals'> & {
  readonly intervals: readonly MailStatisticsIntervalDto[];
};

/** Counts mails, and what their links and codes have proved. */
@Injectable()
export class MailStatistics {
  constructor(
    private readonly dataSource: DataSource,
    private readonly proofs: MailProofs,
    private readonly clock: DatabaseClock,
  ) {}

  /**
   * Returns the figures of the mails that the filters match, of the last day if no time is given. One statement.
   *
   * @throws ValidationError if the period is too long
   */
  async of(query: MailMessageFilterQuery, visible: VisibleRows): Promise<MailStatisticsDto> {
    const until = query.created__lte ?? this.clock.date();
    const since = query.created__gte ?? new Date(until.getTime() - defaultPeriod * 1000);
    const seconds = Math.max(0, (until.getTime() - since.getTime()) / 1000);
    if (seconds > longestPeriod) {
      throw new ValidationError({ created__gte: [`Ensure that the period has at most ${longestPeriod / day} days.`] });
    }
    const interval = intervals.find((length) => seconds / length <= mostIntervals) ?? day;
    const { manager } = this.dataSource;
    const mails = this.mails({ ...query, created__gte: since, created__lte: until }, visible);
    const waiting = this.mails({ ...query, created__gte: undefined, created__lte: undefined }, visible)
      .andWhere('message.nextAttempt is not null')
      .select('min(message.created)');
    const statement = statementOf(select(mails, figureColumns).getQuery(), waiting.getQuery(), this.proofs.all());
    const parameters = { ...waiting.getParameters(), ...mails.getParameters(), interval };
    const [row] = await queryForClient<Figures>(
      manager,
      query,
      ...manager.dataSource.driver.escapeQueryWithParameters(statement, parameters),
    );
    if (row === undefined) throw new Error('the statement returns one row');
    return { ...row, since, until, interval, intervals: everyInterval(row.intervals, { since, until, interval }) };
  }

  private mails(
    query: { [Name in keyof MailMessageFilterQuery]: MailMessageFilterQuery[Name] | undefined },
    visible: VisibleRows,
  ): SelectQueryBuilder<MailMessage> {
    const from = restrict(this.dataSource.manager.createQueryBuilder(MailMessage, 'message'), visible);
    applyFilters(from, MailMessageListQuery, query);
    return from;
  }
}

/** @param mails SQL of the query for `figureColumns` */
function statementOf(mails: string, waiting: string, proofs: string): string {
  const rowsOf = (query: string): string => `(select coalesce(json_agg(part), '[]') from (${query}) part)`;
  const most = (limit: number, order: string): string => `order by mails desc, ${order} limit ${limit}`;
  return `with mail as materialized (${mails}), proof as (${proofs}), figured as materialized (
      select mail.*, proof.flow,
             proof.key is not null and mail.state in ('sent', 'captured') as verifiable,
             case when mail.state in ('sent', 'captured') then proof.proved end as verified
        from mail left join proof on proof.key = mail.key
    ), attempt as (
      select a.server, a.message_uuid, a.started, a.outcome in ('deferred', 'refused', 'interrupted') as failed
        from "delivery_attempt" a join mail on mail.pk = a.message_uuid
       where a.server <> '' and a.outcome is not null
    )
    select ${figures},
           (count(*) filter (where state = 'discarded'))::int as discarded,
           (count(*) filter (where state = 'captured'))::int as captured,
           (${waiting}) as oldest_waiting,
           ${rowsOf(`select to_timestamp(floor(extract(epoch from created) / :interval) * :interval) as time,
                            (count(*) filter (where state in ('sent', 'captured')))::int as sent,
                            (count(*) filter (where state = 'failed'))::int as failed,
                            (count(*) filter (where state in ('queued', 'sending', 'retrying')))::int as waiting
                       from mail group by 1`)} as intervals,
           ${rowsOf(`select ${figures}, flow, stage from figured
                      group by flow, stage ${most(mostFlows, 'flow, stage')}`)} as flows,
           ${rowsOf(`select ${figures}, domain from figured
                      group by domain ${most(mostDomains, 'domain')}`)} as domains,
           ${rowsOf(`select server, (count(distinct message_uuid) filter (where failed))::int as mails,
                            (count(*) filter (where failed))::int as failures,
                            max(started) filter (where failed) > coalesce(max(started) filter (where not failed), '-infinity') as failing,
                            max(started) filter (where failed) as last_failure,
                            (array_agg(message_uuid order by started desc) filter (where failed))[1] as last_message
                       from attempt group by server having bool_or(failed)
                      order by failures desc, server limit ${mostServers}`)} as servers
      from figured`;
}

/** Returns every interval of a period, also those without a mail. */
function everyInterval(
  counted: readonly MailStatisticsIntervalDto[],
  { since, until, interval }: { readonly since: Date; readonly until: Date; readonly interval: number },
): MailStatisticsIntervalDto[] {
  const length = interval * 1000;
  const startOf = (time: Date): number => Math.floor(time.getTime() / length) * length;
  const known = new Map(counted.map((figuresOf) => [startOf(new Date(figuresOf.time)), figuresOf]));
  const all: MailStatisticsIntervalDto[] = [];
  for (let start = startOf(since); start <= until.getTime(); start += length) {
    const { sent = 0, failed = 0, waiting = 0 } = known.get(start) ?? {};
    all.push({ time: new Date(start), sent, failed, waiting });
  }
  return all;
}
