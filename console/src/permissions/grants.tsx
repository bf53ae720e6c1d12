import { type ReactNode, useState } from 'react';

import type { Schema } from '../api/client';
import { Dialog } from '../parts/dialog';
import { Icon } from '../parts/icon';
import { t } from '../texts/texts';
import { actionName, byResource, type Named, resourceName } from './names';
import { ObjectName } from './object-name';

type OnObject = Schema<'ExtraUserObjectPermission'>;

interface GrantsProps {
  /** Name of the user or role that has them. */
  readonly holder: string;
  /** Permissions on every object. */
  readonly permissions: readonly Named[];
  /** Permissions on single objects. */
  readonly objects?: readonly OnObject[];
  /** Takes a permission away; without it, the list is only shown. */
  readonly remove?: ((codename: string) => Promise<unknown>) | undefined;
  readonly removeObject?: ((grant: OnObject) => Promise<unknown>) | undefined;
  readonly removed?: () => void;
}

/** Permissions by what they are on. */
export function Grants({ holder, permissions, objects = [], remove, removeObject, removed }: GrantsProps): ReactNode {
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
                holder={holder}
                remove={remove && (() => remove(`${permission.app_label}.${permission.codename}`))}
                removed={removed}
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
              label={
                <>
                  {actionName(grant)} · <ObjectName model={grant.model} pk={grant.object_pk} />
                </>
              }
              what={`${resourceName(grant)}: ${actionName(grant)}`}
              holder={holder}
              remove={removeObject && (() => removeObject(grant))}
              removed={removed}
            />
          </span>
        </div>
      ))}
    </div>
  );
}

interface ChipProps {
  readonly label: ReactNode;
  /** What is removed. */
  readonly what: string;
  /** Name of the user or role that loses it. */
  readonly holder: string;
  readonly remove: (() => Promise<unknown>) | undefined;
  readonly removed?: (() => void) | undefined;
}

/** A permission, with a button that takes it away. */
export function Chip({ label, what, holder, remove, removed }: ChipProps): ReactNode {
  const [isAsking, setAsking] = useState(false);
  const action = t('permissions.remove', { what });
  return (
    <span className="chip wraps">
      {label}
      {remove !== undefined && (
        <>
          <button
            type="button"
            className="chip-remove"
            aria-label={action}
            title={action}
            onClick={() => setAsking(true)}
          >
            <Icon name="cross" size={12} />
          </button>
          {isAsking && (
            <Dialog
              title={t('permissions.removeAsk', { what })}
              text={t('permissions.removeText', { name: holder })}
              label={t('permissions.take')}
              isOpen
              isDangerous
              close={() => setAsking(false)}
              act={remove}
              done={removed}
            />
          )}
        </>
      )}
    </span>
  );
}
