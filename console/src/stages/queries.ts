import { keepPreviousData, queryOptions } from '@tanstack/react-query';

import { api, contentOf, type Schema } from '../api/client';
import { pageSize } from '../api/queries';
import type { StageKind } from './kinds';

/** Which stages are listed. */
interface StageFilter {
  readonly search?: string;
  readonly page?: number;
}

/** Stages of all kinds, or of one. */
export const stageListQuery = (filter: StageFilter, kind?: StageKind) =>
  queryOptions({
    queryKey: ['stage list', kind?.name, filter],
    queryFn: () => {
      const params = { query: { page_size: pageSize, ordering: 'name', ...filter } };
      return kind === undefined
        ? contentOf(api.GET('/stages/all/', { params }))
        : contentOf(api.GET(kind.path, { params }));
    },
    placeholderData: keepPreviousData,
  });

/** What all kinds have. */
export const stageQuery = (pk: string) =>
  queryOptions({
    queryKey: ['stage', pk],
    queryFn: () => contentOf(api.GET('/stages/all/{stage_uuid}/', { params: { path: { stage_uuid: pk } } })),
  });

/** A stage with the fields of its kind. */
export const stageOfKindQuery = (kind: StageKind, pk: string) =>
  queryOptions({
    queryKey: ['stage', pk, kind.name],
    queryFn: () =>
      contentOf(api.GET(`${kind.path}{stage_uuid}/`, { params: { path: { stage_uuid: pk } } })) as Promise<
        Schema<'Stage'> & Partial<Schema<'EmailStage'>>
      >,
  });

export const stageTypesQuery = queryOptions({
  queryKey: ['stage types'],
  queryFn: () => contentOf(api.GET('/stages/all/types/')),
  staleTime: Infinity,
});

export const mailTemplatesQuery = queryOptions({
  queryKey: ['mail templates'],
  queryFn: () => contentOf(api.GET('/stages/email/templates/')),
  staleTime: 60_000,
});
