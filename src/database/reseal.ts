import type { DataSource } from 'typeorm';

import { SealBrokenError, type SecretBox } from './secret-box.js';

/** Rows that are read and written at once. */
const batchSize = 500;

/** A column with sealed values. */
export interface SealedColumn {
  readonly table: string;
  readonly column: string;
  readonly key: string;
  /** SQL type of the key. */
  readonly keyType: 'uuid' | 'bytea' | 'text' | 'boolean';
  /** Returns the place that the value is sealed for. @param key as text */
  readonly place: (key: string) => string;
}

/** The result for one column. */
export interface Resealed {
  readonly rows: number;
  readonly resealed: number;
  /** Rows that neither key opens. */
  readonly broken: number;
}

/**
 * Seals the values of a column under SECRET_KEY that are sealed under the previous one. It may run beside the service and be
 * interrupted at any time: each batch is committed, values that the service changes meanwhile are left to it, and a further
 * run finds what is left.
 *
 * @param progress called after each batch
 */
export async function resealColumn(
  dataSource: DataSource,
  secrets: SecretBox,
  { table, column, key, keyType, place }: SealedColumn,
  progress: (soFar: Resealed) => void,
): Promise<Resealed> {
  let soFar: Resealed = { rows: 0, resealed: 0, broken: 0 };
  let last: string | null = null;
  for (;;) {
    const rows: { key: string; sealed: string }[] = await dataSource.query(
      `select "${key}"::text as key, "${column}" as sealed from "${table}"
        where "${column}" <> '' and ($1::text is null or "${key}" > $1::${keyType}) order by "${key}" limit ${batchSize}`,
      [last],
    );
    if (rows.length === 0) return soFar;
    const changed: { key: string; sealed: string; resealed: string }[] = [];
    let broken = 0;
    for (const row of rows) {
      try {
        const resealed = secrets.reseal(row.sealed, place(row.key));
        if (resealed !== undefined) changed.push({ ...row, resealed });
      } catch (error) {
        if (!(error instanceof SealBrokenError)) throw error;
        broken += 1;
      }
    }
    if (changed.length > 0) {
      await dataSource.query(
        `update "${table}" t set "${column}" = v.resealed
           from unnest($1::text[], $2::text[], $3::text[]) v (key, sealed, resealed)
          where t."${key}" = v.key::${keyType} and t."${column}" = v.sealed`,
        [changed.map((row) => row.key), changed.map(({ sealed }) => sealed), changed.map(({ resealed }) => resealed)],
      );
    }
    last = rows.at(-1)?.key ?? null;
    soFar = {
      rows: soFar.rows + rows.length,
      resealed: soFar.resealed + changed.length,
      broken: soFar.broken + broken,
    };
    progress(soFar);
  }
}
