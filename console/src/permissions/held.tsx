import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { Loaded } from '../parts/states';
import { Grants } from './grants';
import { PermissionPicker } from './picker';
import { type Holder, objectPermissionsQuery, permissionsQuery, unassign, unassignObject } from './queries';

interface HeldProps {
  readonly holder: Holder;
  /** Name of the user or role. */
  readonly name: string;
  readonly mayGive: boolean;
  readonly mayTake: boolean;
  /** Said if there are none. */
  readonly none: string;
}

/** The permissions that a user or a role itself has, with buttons to give and take them. */
export function HeldPermissions({ holder, name, mayGive, mayTake, none }: HeldProps): ReactNode {
  const client = useQueryClient();
  const everywhere = useQuery(permissionsQuery(holder));
  const objects = useQuery(objectPermissionsQuery(holder)).data?.results ?? [];
  const refresh = (): void => {
    void client.invalidateQueries(permissionsQuery(holder));
    void client.invalidateQueries(objectPermissionsQuery(holder));
    void client.invalidateQueries({ queryKey: ['me'] });
  };
  return (
    <Loaded query={everywhere} lines={3}>
      {({ results }) => (
        <>
          {results.length + objects.length === 0 && <p className="panel-text">{none}</p>}
          <Grants
            holder={name}
            permissions={results}
            objects={objects}
            remove={mayTake ? (codename) => unassign(holder, [codename]) : undefined}
            removeObject={mayTake ? (grant) => unassignObject(holder, grant) : undefined}
            removed={refresh}
          />
          {mayGive && (
            <div className="panel-foot-actions">
              <PermissionPicker
                holder={holder}
                held={new Set(results.map(({ app_label: app, codename }) => `${app}.${codename}`))}
                done={refresh}
              />
            </div>
          )}
        </>
      )}
    </Loaded>
  );
}
