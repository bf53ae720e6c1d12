import { queryOptions } from '@tanstack/react-query';

import { api, contentOf } from '../api/client';

export const mailTemplatesQuery = queryOptions({
  queryKey: ['mail templates'],
  queryFn: () => contentOf(api.GET('/stages/email/templates/')),
  staleTime: 60_000,
});
