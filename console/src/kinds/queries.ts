import { keepPreviousData, queryOptions } from '@tanstack/react-query';

import { api, contentOf, type Schema } from '../api/client';
import { pageSize } from '../api/queries';
import type { Family, Kind, KindFilter, OfKind, PageOfKind } from './family';

/** Returns the key of an object, as the routes of both families name it. */
export function keyOf(pk: string): { params: { path: Record<'policy_uuid' | 'stage_uuid', string> } } {
  return { params: { path: { policy_uuid: pk, stage_uuid: pk } } };
}

/** Objects of all kinds, or of one. */
export const kindListQuery = <Row extends OfKind>(family: Family<Row>, filter: KindFilter, kind?: Kind) =>
  queryOptions({
    queryKey: [`${family.one} list`, kind?.name, filter],
    queryFn: (): Promise<PageOfKind<Row>> => {
      const query = { page_size: pageSize, ordering: 'name', ...filter };
      return kind === undefined
        ? family.list(query)
        : (contentOf(api.GET(kind.path, { params: { query } })) as Promise<PageOfKind<OfKind>> as Promise<
            PageOfKind<Row>
          >);
    },
    placeholderData: keepPreviousData,
  });

/** What all kinds have. */
export const objectQuery = <Row extends OfKind>(family: Family<Row>, pk: string) =>
  queryOptions({ queryKey: [family.one, pk], queryFn: () => family.get(pk) });

/** An object with the fields of its kind. */
export const objectOfKindQuery = ({ one }: Family, kind: Kind, pk: string) =>
  queryOptions({
    queryKey: [one, pk, kind.name],
    queryFn: (): Promise<OfKind> => contentOf(api.GET(kind.onePath, keyOf(pk))),
  });

/** The kinds of a family. */
export const kindsQuery = ({ one, all }: Family) =>
  queryOptions({
    queryKey: [`${one} types`],
    queryFn: (): Promise<Schema<'TypeCreate'>[]> => contentOf(api.GET(`/${all}/all/types/`)),
    staleTime: Infinity,
  });
