import { queryOptions } from '@tanstack/react-query';

import { api, contentOf } from '../api/client';

/** Every setting in use. Superusers only. */
export const settingsQuery = queryOptions({
  queryKey: ['settings'],
  queryFn: () => contentOf(api.GET('/root/settings/')),
});
