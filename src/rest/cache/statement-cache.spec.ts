import {
  DataSource,
  Entity,
  ManyToOne,
  OneToMany,
  PrimaryColumn,
  type Relation,
  type SelectQueryBuilder,
} from 'typeorm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { cachedStatement, shapeOf } from './statement-cache.js';

@Entity('author')
class Author {
  @PrimaryColumn({ type: 'int' })
  pk!: number;

  @OneToMany(() => Book, (book) => book.author)
  books?: Relation<Book[]>;
}

@Entity('book')
class Book {
  @PrimaryColumn({ type: 'int' })
  pk!: number;

  @ManyToOne(() => Author, (author) => author.books)
  author?: Relation<Author>;
}

type Builder = SelectQueryBuilder<Author>;

describe('shapeOf', () => {
  let dataSource: DataSource;
  beforeAll(async () => {
    // Metadata is enough to build statements; no connection is made.
    dataSource = new DataSource({ type: 'postgres', entities: [Author, Book] });
    await (dataSource as unknown as { buildMetadatas(): Promise<void> }).buildMetadatas();
  });
  afterAll(() => vi.restoreAllMocks());

  const builder = (change: (authors: Builder) => unknown): Builder => {
    const authors = dataSource.createQueryBuilder(Author, 'author').select('author.pk', 'pk');
    change(authors);
    return authors;
  };

  const variants: readonly [name: string, change: (authors: Builder) => unknown][] = [
    ['no join', (authors) => authors],
    ['an inner join', (authors) => authors.innerJoin('author.books', 'book')],
    ['a left join', (authors) => authors.leftJoin('author.books', 'book')],
    ['a join with a condition', (authors) => authors.innerJoin('author.books', 'book', 'book.pk > 1')],
    ['a join of a table', (authors) => authors.innerJoin(Book, 'book', 'book.pk > 1')],
    ['a join of another table', (authors) => authors.innerJoin(Author, 'book', 'book.pk > 1')],
    ['a condition', (authors) => authors.where('author.pk = :pk')],
    ['two conditions', (authors) => authors.where('author.pk = :pk').orWhere('author.pk > 1')],
    ['two conditions that both hold', (authors) => authors.where('author.pk = :pk').andWhere('author.pk > 1')],
    ['grouping', (authors) => authors.groupBy('author.pk')],
    ['a condition on groups', (authors) => authors.groupBy('author.pk').having('count(*) > 1')],
    ['distinct', (authors) => authors.distinct(true)],
    ['distinct on', (authors) => authors.distinctOn(['author.pk'])],
    ['an order', (authors) => authors.orderBy('author.pk')],
    ['the opposite order', (authors) => authors.orderBy('author.pk', 'DESC')],
    ['a limit', (authors) => authors.limit(1)],
    ['an offset', (authors) => authors.offset(1)],
  ];

  it('differs for every two builders whose SQL differs', () => {
    const statements = variants.map(([, change]) => builder(change).getQuery());
    expect(new Set(statements).size).toBe(variants.length);
    const shapes = variants.map(([, change]) => JSON.stringify(shapeOf(builder(change))));
    expect(new Set(shapes).size).toBe(variants.length);
  });

  it('is equal for builders that differ only in the values of their parameters', () => {
    const [one, two] = [1, 2].map((pk) => builder((authors) => authors.where('author.pk = :pk', { pk })));
    expect(shapeOf(one!)).toEqual(shapeOf(two!));
  });
});

describe('cachedStatement', () => {
  it('builds a statement once per key', () => {
    const build = vi.fn(() => 'select 1');
    expect([cachedStatement('spec 1', build), cachedStatement('spec 1', build)]).toEqual(['select 1', 'select 1']);
    expect(build).toHaveBeenCalledOnce();
    expect(cachedStatement('spec 2', () => 'select 2')).toBe('select 2');
  });
});
