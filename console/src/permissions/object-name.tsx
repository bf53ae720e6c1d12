import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { referenceOf } from '../parts/form/references';

/** Fields of requests that refer to objects of a model, if they are not named like it. */
const fields: Readonly<Record<string, string>> = { namedtransport: 'transport' };

interface ObjectNameProps {
  readonly model: string;
  /** Key of the object. */
  readonly pk: string;
}

/** The name of an object that a permission is on; its key, if the visitor may not see it or the console has no list of its model. */
export function ObjectName({ model, pk }: ObjectNameProps): ReactNode {
  const kind = /(?:stage|policy)$/.exec(model)?.[0];
  const reference = referenceOf(kind ?? fields[model] ?? model);
  const found = useQuery({
    queryKey: ['reference', reference?.list, 'one', pk],
    queryFn: async () => (await reference?.one(pk)) ?? { value: pk, label: pk },
    enabled: reference !== undefined,
    staleTime: 60_000,
    retry: false,
  });
  return <bdi>{found.data?.label ?? pk}</bdi>;
}
