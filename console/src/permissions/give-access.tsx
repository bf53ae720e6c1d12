import { Button, Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';

import { Dialog } from '../parts/dialog';
import { type Option, referenceOf } from '../parts/form/references';
import { Icon } from '../parts/icon';
import { type Permission, useSession } from '../session';
import { t, type TextKey } from '../texts/texts';
import { accessQuery, type AccessTarget, assign, type Holder } from './queries';

const actions = ['view', 'change', 'delete'] as const;

/** A button that gives permissions on an object to a user or a role. It offers those that the visitor has. */
export function GiveAccess({ target, name }: { readonly target: AccessTarget; readonly name: string }): ReactNode {
  const { can } = useSession();
  const client = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const [holder, setHolder] = useState<string | null>(null);
  const [, model = ''] = target.model.split('.');
  const offered = actions.filter((action) => can(`${action}_${model}` as Permission));
  // The weakest one of them.
  const usual = offered.slice(0, 1);
  const [chosen, setChosen] = useState<readonly string[]>(usual);
  const close = (): void => {
    setOpen(false);
    setHolder(null);
    setChosen(usual);
  };
  if (offered.length === 0) return null;
  return (
    <div className="panel-foot-actions">
      <Button variant="default" size="xs" leftSection={<Icon name="add" size={14} />} onClick={() => setOpen(true)}>
        {t('permissions.add')}
      </Button>
      <Dialog
        title={t('access.giveTitle', { name })}
        label={t('permissions.give')}
        isOpen={isOpen}
        isDisabled={holder === null || chosen.length === 0}
        close={close}
        act={() =>
          assign(
            holderOf(holder ?? ''),
            chosen.map((action) => `${action}_${model}`),
            target,
          )
        }
        done={() => void client.invalidateQueries({ queryKey: accessQuery(target) })}
      >
        {isOpen && <HolderInput value={holder} change={setHolder} />}
        <fieldset className="access-actions">
          <legend>{t('access.what')}</legend>
          {offered.map((action) => (
            <label key={action} className="choice">
              <input
                type="checkbox"
                checked={chosen.includes(action)}
                onChange={({ currentTarget: { checked } }) =>
                  setChosen(checked ? [...chosen, action] : chosen.filter((each) => each !== action))
                }
              />
              {t(`permission.${action}` satisfies TextKey)}
            </label>
          ))}
        </fieldset>
      </Dialog>
    </div>
  );
}

interface HolderInputProps {
  /** `user:5` or `role:<UUID>`. */
  readonly value: string | null;
  readonly change: (value: string | null) => void;
}

function HolderInput({ value, change }: HolderInputProps): ReactNode {
  const { can } = useSession();
  const [terms, setTerms] = useState('');
  const [search] = useDebouncedValue(terms, 200);
  const find = (kind: 'user' | 'role', isAllowed: boolean) => ({
    queryKey: ['access holders', kind, search],
    queryFn: async () => (await referenceOf(kind)?.search(search)) ?? [],
    placeholderData: keepPreviousData,
    enabled: isAllowed,
  });
  const users = useQuery(find('user', can('view_user') && can('assign_user_permissions'))).data ?? [];
  const roles = useQuery(find('role', can('view_role') && can('assign_role_permissions'))).data ?? [];
  const keyed = (kind: string, options: readonly Option[]): Option[] =>
    options.map((option) => ({ value: `${kind}:${option.value}`, label: option.label }));
  return (
    <Select
      label={t('access.who')}
      searchable
      value={value}
      onChange={change}
      onSearchChange={setTerms}
      filter={({ options }) => options}
      nothingFoundMessage={t('list.noneFound')}
      data={[
        { group: t('nav.users'), items: keyed('user', users) },
        { group: t('nav.roles'), items: keyed('role', roles) },
      ].filter(({ items }) => items.length > 0)}
    />
  );
}

function holderOf(value: string): Holder {
  const [kind, key = ''] = value.split(':');
  return kind === 'user' ? { user: Number(key) } : { role: key };
}
