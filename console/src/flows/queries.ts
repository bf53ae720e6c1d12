import { keepPreviousData, queryOptions } from '@tanstack/react-query';

import { api, ApiProblem, contentOf, csrfToken, type Schema } from '../api/client';
import { pageSize } from '../api/queries';
import { startOfTime } from '../mails/since';

/** Which flows are listed. */
interface FlowFilter {
  readonly search?: string;
  readonly designation?: Schema<'FlowDesignationEnum'>;
  readonly page?: number;
}

export const flowListQuery = (filter: FlowFilter) =>
  queryOptions({
    queryKey: ['flow list', filter],
    queryFn: () =>
      contentOf(
        api.GET('/flows/instances/', { params: { query: { page_size: pageSize, ordering: 'name', ...filter } } }),
      ),
    placeholderData: keepPreviousData,
  });

export const flowQuery = (slug: string) =>
  queryOptions({
    queryKey: ['flow', slug],
    queryFn: () => contentOf(api.GET('/flows/instances/{slug}/', { params: { path: { slug } } })),
  });

/** The steps of a flow, in their order. */
export const stepsQuery = (flow: string) =>
  queryOptions({
    queryKey: ['steps', flow],
    queryFn: async () =>
      (
        await contentOf(
          api.GET('/flows/bindings/', { params: { query: { target: flow, ordering: 'order', page_size: 500 } } }),
        )
      ).results,
  });

/** Lengths of the period whose runs are counted; `week` is the default. */
export const figurePeriods = ['day', 'week', 'month'] as const;
export type FigurePeriod = (typeof figurePeriods)[number];

/** How many runs reached and passed each step, of those that started in a period up to now. */
export const figuresQuery = (slug: string, period: FigurePeriod) =>
  queryOptions({
    queryKey: ['flow figures', slug, period],
    queryFn: () => {
      const query = { since: startOfTime(period) ?? '' };
      return contentOf(api.GET('/flows/instances/{slug}/statistics/', { params: { path: { slug }, query } }));
    },
    refetchInterval: 30_000,
    placeholderData: keepPreviousData,
  });

/** What decides about a flow or a step: policies, groups and users. */
export const guardsQuery = (target: string) =>
  queryOptions({
    queryKey: ['guards', target],
    queryFn: async () =>
      (
        await contentOf(
          api.GET('/policies/bindings/', { params: { query: { target, ordering: 'order', page_size: 500 } } }),
        )
      ).results,
  });

/** Sends a file to the import. @param isDryRun writes nothing, and answers what would be written */
export async function importFile(file: File, isDryRun: boolean): Promise<Schema<'FlowImportResult'>> {
  const body = new FormData();
  body.set('file', file);
  body.set('dry_run', String(isDryRun));
  const headers = { 'X-authentik-CSRF': csrfToken() };
  const response = await fetch('/api/v3/flows/instances/import/', { method: 'POST', headers, body }).catch(() => {
    throw new ApiProblem(0, '');
  });
  const answer = (await response.json()) as Schema<'FlowImportResult'> & { readonly detail?: string };
  if (!response.ok) throw new ApiProblem(response.status, answer.detail ?? response.statusText, answer);
  return answer;
}
