import type { DataSource } from 'typeorm';

/** The columns of a row, by name. */
export type Row = Record<string, unknown>;

/** Writes a row, and gives the constraint or the column that the database refuses it for; undefined if it takes it. */
export async function refusalOf(dataSource: DataSource, table: string, row: Row): Promise<string | undefined> {
  const names = Object.keys(row).map((name) => `"${name}"`);
  const places = names.map((_, index) => `$${index + 1}`);
  try {
    const statement = `insert into "${table}" (${names.join(', ')}) values (${places.join(', ')})`;
    await dataSource.query(statement, Object.values(row));
    return undefined;
  } catch (error) {
    const { driverError } = error as { driverError: { code: string; constraint?: string; column?: string } };
    const { code, constraint, column } = driverError;
    return code === '23502' ? `null in ${column}` : (constraint ?? code);
  }
}
