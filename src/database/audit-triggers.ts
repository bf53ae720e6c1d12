import type { QueryRunner } from 'typeorm';

/** A table whose rows are objects of the API: each change of a row writes an event. */
export interface AuditedTable {
  readonly table: string;
  /** `<app>.<model>`; `stage`: made of the kind of the stage. */
  readonly model: string;
  /** Column of the primary key. */
  readonly key: string;
  /** True: the key gives access to the object, so events do not contain it. */
  readonly isKeySecret?: boolean;
  /** Columns whose values name the object in events. */
  readonly labels: readonly string[];
  /**
   * Fields of columns that are not named like them; null: changes of the column write no event. `_uuid` and `_id` at the
   * end need no entry.
   */
  readonly fields?: Readonly<Record<string, string | null>>;
}

/** A table that links objects: a new or deleted row is a change of the object that owns the link. */
export interface AuditedLinks {
  readonly table: string;
  /** The table that the owner is in, which must be audited, and the column of `table` with its key. */
  readonly owner: AuditedTable;
  readonly column: string;
  /** Field of the owner. */
  readonly field: string;
  /** SQL: what is linked, of a row that is called `link`. Stands in events. */
  readonly value: string;
  /** SQL: whether the link is a change of its own, and not the end of one of the objects that it links. */
  readonly counts: string;
}

const operations = {
  insert: 'NEW TABLE AS "after"',
  update: 'OLD TABLE AS "before" NEW TABLE AS "after"',
  delete: 'OLD TABLE AS "before"',
} as const;

/** Creates the triggers that write events of changes in a table of objects. For migrations. */
export async function auditTable(queryRunner: QueryRunner, audited: AuditedTable): Promise<void> {
  const { table, model, key, isKeySecret = false, labels, fields = {} } = audited;
  const parameters = [model, isKeySecret ? '' : key, `{${labels.join(',')}}`, JSON.stringify(fields), key];
  for (const operation of ['insert', 'update', 'delete'] as const) {
    await createTrigger(queryRunner, `tr_${table}_audit_${operation}`, table, operation, 'record_changes', parameters);
  }
}

/** Creates the triggers that write events of changes in a table of links. For migrations. */
export async function auditLinks(queryRunner: QueryRunner, audited: AuditedLinks): Promise<void> {
  const { table, owner, column, field, value, counts } = audited;
  const labels = `{${owner.labels.join(',')}}`;
  const parameters = [owner.model, owner.table, owner.key, labels, column, field, value, counts];
  for (const operation of ['insert', 'delete'] as const) {
    const name = `tr_${table}_audit_${owner.table}_${operation}`;
    await createTrigger(queryRunner, name, table, operation, 'record_links', parameters);
  }
}

/** Drops the triggers that `auditTable` and `auditLinks` created on a table. For migrations. */
export async function dropAudit(queryRunner: QueryRunner, table: string): Promise<void> {
  const triggers = (await queryRunner.query(
    `select tgname as name from pg_trigger where tgrelid = $1::regclass and tgname like $2 and not tgisinternal`,
    [`"${table}"`, `tr\\_${table.replaceAll('_', '\\_')}\\_audit\\_%`],
  )) as { name: string }[];
  for (const { name } of triggers) await queryRunner.query(`DROP TRIGGER "${name}" ON "${table}"`);
}

async function createTrigger(
  queryRunner: QueryRunner,
  name: string,
  table: string,
  operation: keyof typeof operations,
  callee: 'record_changes' | 'record_links',
  parameters: readonly string[],
): Promise<void> {
  const literals = parameters.map((parameter) => `'${parameter.replaceAll("'", "''")}'`);
  // Per statement: a statement that changes many rows writes their events at once.
  await queryRunner.query(`
            CREATE TRIGGER "${name}" AFTER ${operation.toUpperCase()} ON "${table}"
            REFERENCING ${operations[operation]}
            FOR EACH STATEMENT EXECUTE FUNCTION "${callee}"(${literals.join(', ')})
        `);
}
