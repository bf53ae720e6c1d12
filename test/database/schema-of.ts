import type { DataSource } from 'typeorm';

/** What a schema consists of, a line each, so that two of them can be compared. */
export interface Schema {
  readonly columns: readonly string[];
  readonly constraints: readonly string[];
  readonly indexes: readonly string[];
}

const ours = `c.relnamespace = 'public'::regnamespace and c.relname <> 'migration'`;

/** Columns with their types and defaults. */
const columns = `
  select format('%s.%s %s%s%s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
                case when a.attnotnull then ' not null' else '' end,
                ' default ' || pg_get_expr(d.adbin, d.adrelid)) as line
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
   where c.relkind in ('r', 'p') and ${ours}
   order by c.relname, a.attname`;

/** Named constraints, without constraint triggers and the NOT NULL constraints that PostgreSQL 18 names itself. */
const constraints = `
  select format('%s on %s: %s', k.conname, c.relname, pg_get_constraintdef(k.oid)) as line
    from pg_constraint k join pg_class c on c.oid = k.conrelid
   where k.contype not in ('n', 't') and ${ours}
   order by 1`;

const indexes = `
  select format('%s on %s: %s', i.relname, c.relname, pg_get_indexdef(i.oid)) as line
    from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid
   where ${ours}
   order by 1`;

/** The schema of a database as it is now, without the table that migrations are counted in. */
export async function schemaOf(dataSource: DataSource): Promise<Schema> {
  const lines = async (statement: string): Promise<string[]> =>
    (await dataSource.query<{ line: string }[]>(statement)).map(({ line }) => line);
  return {
    columns: await lines(columns),
    constraints: await lines(constraints),
    indexes: await lines(indexes),
  };
}
