import { Alert } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import type { Schema } from '../api/client';
import { Icon } from '../parts/icon';
import { t } from '../texts/texts';
import { actionName, byResource, type Named, resourceName } from './names';

type OnObject = Schema<'ExtraUserObjectPermission'>;

interface GrantsProps {
  /** Permissions on every object. */
  readonly permissions: readonly Named[];
  /** Permissions on single objects. */
  readonly objects?: readonly OnObject[];
  /** Takes a permission away; without it, the list is only shown. */
  readonly remove?: ((codename: string) => Promise<unknown>) | undefined;
  readonly removeObject?: ((grant: OnObject) => Promise<unknown>) | undefined;
}

/** Permissions by what they are on. */
export function Grants({ permissions, objects = [], remove, removeObject }: GrantsProps): ReactNode {
  const removal = useMutation({ mutationFn: (act: () => Promise<unknown>) => act() });
  return (
    <div className="grants">
      {byResource(permissions).map(({ name, permissions: on }) => (
        <div key={name} className="grant">
          <span className="grant-name">{name}</span>
          <span className="grant-list">
            {on.map((permission) => (
              <Chip
                key={permission.codename}
                label={actionName(permission)}
                what={`${name}: ${actionName(permission)}`}
                remove={
                  remove && (() => removal.mutate(() => remove(`${permission.app_label}.${permission.codename}`)))
                }
              />
            ))}
          </span>
        </div>
      ))}
      {objects.map((grant) => (
        <div key={grant.id} className="grant">
          <span className="grant-name">{resourceName(grant)}</span>
          <span className="grant-list">
            <Chip
              label={`${actionName(grant)} · ${grant.object_pk}`}
              what={`${resourceName(grant)}: ${actionName(grant)}`}
              remove={removeObject && (() => removal.mutate(() => removeObject(grant)))}
            />
          </span>
        </div>
      ))}
      {removal.error !== null && (
        <Alert color="red" role="alert">
          {t('action.failed', { reason: removal.error.message || t('state.unreachable') })}
        </Alert>
      )}
    </div>
  );
}

interface ChipProps {
  readonly label: string;
  /** What is removed, for assistive technology. */
  readonly what: string;
  readonly remove: (() => void) | undefined;
}

/** A permission, with a button that takes it away. */
export function Chip({ label, what, remove }: ChipProps): ReactNode {
  return (
    <span className="chip wraps">
      {label}
      {remove !== undefined && (
        <button
          type="button"
          className="chip-remove"
          aria-label={t('permissions.remove', { what })}
          title={t('permissions.remove', { what })}
          onClick={remove}
        >
          <Icon name="cross" size={12} />
        </button>
      )}
    </span>
  );
}
