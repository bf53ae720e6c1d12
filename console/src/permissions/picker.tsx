import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';

import { Dialog } from '../parts/dialog';
import { Icon } from '../parts/icon';
import { Search } from '../parts/search';
import { Loaded } from '../parts/states';
import { type Permission, useSession } from '../session';
import { counted, t } from '../texts/texts';
import { actionName, byResource } from './names';
import { allPermissionsQuery, assign, type Holder } from './queries';

interface PickerProps {
  readonly holder: Holder;
  /** Codenames with applications that the holder has. */
  readonly held: ReadonlySet<string>;
  readonly done: () => void;
}

/** A button that gives permissions, chosen by resource. It offers those that the visitor has. */
export function PermissionPicker({ holder, held, done }: PickerProps): ReactNode {
  const { can } = useSession();
  const all = useQuery(allPermissionsQuery);
  const [isOpen, setOpen] = useState(false);
  const [terms, setTerms] = useState('');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const toggle = (name: string): void =>
    setChosen((before) => new Set(before.has(name) ? [...before].filter((each) => each !== name) : [...before, name]));
  const close = (): void => {
    setOpen(false);
    setChosen(new Set());
    setTerms('');
  };
  return (
    <>
      <Button variant="default" size="xs" leftSection={<Icon name="add" size={14} />} onClick={() => setOpen(true)}>
        {t('permissions.add')}
      </Button>
      <Dialog
        title={t('permissions.addTitle')}
        text={t('permissions.addText')}
        label={chosen.size === 0 ? t('permissions.give') : counted('permissions.giveCount', chosen.size)}
        isOpen={isOpen}
        isDisabled={chosen.size === 0}
        close={close}
        act={() => assign(holder, [...chosen])}
        done={done}
      >
        <div className="picker-search">
          <Search label={t('permissions.search')} value={terms} change={setTerms} />
        </div>
        <Loaded query={all}>
          {({ results }) => (
            <div className="picker" role="group" aria-label={t('permissions.list')} tabIndex={0}>
              {byResource(results.filter(({ codename }) => can(codename as Permission)))
                .filter(({ name }) => name.toLowerCase().includes(terms.toLowerCase()))
                .map(({ name, permissions }) => (
                  <div key={permissions[0]?.model ?? name} className="grant" role="group" aria-label={name}>
                    <span className="grant-name">{name}</span>
                    <span className="grant-list">
                      {permissions.map((permission) => {
                        const full = `${permission.app_label}.${permission.codename}`;
                        return (
                          <label key={full} className="choice">
                            <input
                              type="checkbox"
                              checked={held.has(full) || chosen.has(full)}
                              disabled={held.has(full)}
                              onChange={() => toggle(full)}
                            />
                            {actionName(permission)}
                          </label>
                        );
                      })}
                    </span>
                  </div>
                ))}
            </div>
          )}
        </Loaded>
      </Dialog>
    </>
  );
}
