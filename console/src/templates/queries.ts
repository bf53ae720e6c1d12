import { keepPreviousData, queryOptions } from '@tanstack/react-query';

import { api, contentOf, type Schema } from '../api/client';

/** A template as it is edited. */
export interface Source {
  readonly html: string;
  readonly text: string;
}

/** The templates of all places. */
export const templatesQuery = queryOptions({
  queryKey: ['templates'],
  queryFn: () => contentOf(api.GET('/mail/templates/available/')),
});

export const sourceQuery = (name: string) =>
  queryOptions({
    queryKey: ['templates', 'source', name],
    queryFn: () => contentOf(api.GET('/mail/templates/source/', { params: { query: { name } } })),
    // Looked at again while it is edited, it would only disturb.
    refetchOnWindowFocus: false,
    staleTime: 0,
  });

/** The template of this name in the database, whose source another place may replace. */
export const storedQuery = (pk: string) =>
  queryOptions({
    queryKey: ['templates', 'stored', pk],
    queryFn: () => contentOf(api.GET('/mail/templates/{template_uuid}/', { params: { path: { template_uuid: pk } } })),
    enabled: pk !== '',
  });

export const previewQuery = (request: Schema<'MailTemplatePreviewRequest'>) =>
  queryOptions({
    queryKey: ['template-preview', request],
    queryFn: () => contentOf(api.POST('/mail/templates/preview/', { body: request })),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    gcTime: 60_000,
  });

export const versionsQuery = (pk: string) =>
  queryOptions({
    queryKey: ['templates', 'versions', pk],
    queryFn: () =>
      contentOf(api.GET('/mail/templates/{template_uuid}/versions/', { params: { path: { template_uuid: pk } } })),
  });

export const versionQuery = (pk: string, version: number) =>
  queryOptions({
    queryKey: ['templates', 'versions', pk, version],
    queryFn: () =>
      contentOf(
        api.GET('/mail/templates/{template_uuid}/versions/{version}/', {
          params: { path: { template_uuid: pk, version } },
        }),
      ),
    // A version never changes.
    staleTime: Infinity,
  });

/** Saves a source: as a change of the template in the database, or as a new one. */
export function save(
  name: string,
  { stored, version }: Pick<Schema<'MailTemplateSource'>, 'stored' | 'version'>,
  source: Source,
): Promise<Schema<'MailTemplate'>> {
  if (stored === null) return contentOf(api.POST('/mail/templates/', { body: { name, ...source } }));
  return contentOf(
    api.PATCH('/mail/templates/{template_uuid}/', {
      params: { path: { template_uuid: stored } },
      body: { ...source, ...(version !== null && { expected_version: version }) },
    }),
  );
}
