import { setTimeout as sleep } from 'node:timers/promises';

import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { outgoingEventJson, type StoredEvent } from '../events/outbox/outgoing-message.js';

/** Seconds for which events are stored after the last process has asked for it. */
const keptSeconds = 3600;

/** How often, and after how many milliseconds, transactions in progress are looked at. */
const settleAttempts = 50;
const settleMs = 100;

/** Events that get a position in one transaction. */
const batchSize = 2000;

/** An event of the stream. */
export interface PlacedEvent extends StoredEvent {
  readonly position: number;
}

/** The end of the stream. */
export interface StreamEnd {
  /** Since when every event is stored, in milliseconds since 1970. */
  readonly keptSince: number;
  readonly position: number;
}

const end = `floor(extract(epoch from kept_since) * 1000)::float8 as "keptSince", last_position::float8 as position`;

/**
 * Reads the stream of events. An event gets its position after its transaction has committed, by one process at a time, so
 * that no event appears before the position of a reader: a transaction that commits late has a later position, although its
 * sequence number is smaller. Events of a subject have the order of their sequence numbers. Positions have no gaps; a gap means that
 * WEBHOOK_RETENTION has deleted events.
 */
@Injectable()
export class EventStreamStore {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Has every event stored for the next hour. Events of before may be missing, with another `keptSince`. Every process waits
   * for the transactions that may have stored no event.
   */
  async keep(): Promise<void> {
    const [rows] = await this.dataSource.query<[{ settled: boolean }[], number]>(
      `update "event_stream"
          set kept_since = case when kept_until < now() then now() else kept_since end,
              settled = settled and kept_until >= now(),
              kept_until = now() + $1 * interval '1 second'
       returning settled`,
      [keptSeconds],
    );
    if (rows[0]?.settled === false) await this.settle();
  }

  /** Waits for the transactions in progress, which may have stored no event, so that clients see their changes elsewhere. */
  private async settle(): Promise<void> {
    const [row] = await this.dataSource.query<{ bound: string }[]>(
      `select pg_snapshot_xmax(pg_current_snapshot())::text as bound`,
    );
    // Transactions of other databases count too: a long one must not hold up the stream.
    for (let attempt = 0; attempt < settleAttempts; attempt += 1) {
      const [state] = await this.dataSource.query<{ settled: boolean }[]>(
        `select pg_snapshot_xmin(pg_current_snapshot()) >= $1::xid8 as settled`,
        [row?.bound],
      );
      if (state?.settled === true) {
        // If a process has gone on without, its clients get a reset.
        await this.dataSource.query(
          `update "event_stream"
              set settled = true,
                  kept_since = case when kept_since < now() - $1 * interval '1 millisecond' then now() else kept_since end
            where not settled`,
          [settleAttempts * settleMs],
        );
        return;
      }
      await sleep(settleMs);
    }
  }

  /** Gives all committed events their positions. @returns the end of the stream */
  async advanceToEnd(): Promise<StreamEnd> {
    let before = await this.advance();
    for (;;) {
      const end = await this.advance();
      if (end.position - before.position < batchSize) return end;
      before = end;
    }
  }

  /** Gives a batch of committed events their positions. @returns the end of the stream */
  async advance(): Promise<StreamEnd> {
    const [state] = await this.dataSource.query<(StreamEnd & { isWaiting: boolean })[]>(
      `select ${end}, exists (select from "outgoing_event" where position is null) as "isWaiting" from "event_stream"`,
    );
    if (state === undefined) throw new Error('the table event_stream is empty');
    return state.isWaiting ? this.place() : state;
  }

  /** Returns events after a position, in order. */
  after(position: number, limit: number): Promise<PlacedEvent[]> {
    return this.dataSource
      .query<{ event: StoredEvent; position: number }[]>(
        `select ${outgoingEventJson} as event, position::float8 as position
           from "outgoing_event" event where position > $1 and position > 0 order by position limit $2`,
        [position, limit],
      )
      .then((rows) => rows.map(({ event, position: own }) => ({ ...event, position: own })));
  }

  private async place(): Promise<StreamEnd> {
    return this.dataSource.transaction(async (manager) => {
      // One process at a time, and its transaction ends before the next one reads: positions become visible in order.
      await manager.query(`select from "event_stream" for no key update`);
      const [rows] = await manager.query<[StreamEnd[], number]>(
        `with waiting as (
           select event_uuid, row_number() over (order by sequence) as number
             from "outgoing_event" where position is null order by sequence limit $1
         ), placed as (
           update "outgoing_event" event set position = stream.last_position + waiting.number
             from waiting, "event_stream" stream where event.event_uuid = waiting.event_uuid
           returning 1
         )
         update "event_stream" set last_position = last_position + (select count(*) from placed) returning ${end}`,
        [batchSize],
      );
      const [placed] = rows;
      if (placed === undefined) throw new Error('the table event_stream is empty');
      return placed;
    });
  }
}
