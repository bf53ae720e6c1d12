import { Button, Select } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';

import type { Schema } from '../api/client';
import { changeMember, groupsQuery } from '../groups/queries';
import { Confirmed } from '../parts/confirm';
import { Dialog } from '../parts/dialog';
import { Icon } from '../parts/icon';
import { Panel } from '../parts/page';
import { useSession } from '../session';
import { t } from '../texts/texts';

type User = Schema<'User'>;

/** The groups of a user, with buttons to add and remove them. */
export function Groups({ user }: { readonly user: User }): ReactNode {
  const { can } = useSession();
  const client = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const [chosen, setChosen] = useState<string | null>(null);
  const all = useQuery({ ...groupsQuery, enabled: can('view_group') }).data?.results ?? [];
  const own = user.groups_obj ?? [];
  const refresh = (): void => {
    for (const key of ['user', 'users', 'groups', 'group']) void client.invalidateQueries({ queryKey: [key] });
  };
  return (
    <Panel title={t('users.groups')}>
      {own.length === 0 && <p className="panel-text">{t('users.noGroups')}</p>}
      <ul className="rows" aria-label={t('users.groups')}>
        {own.map(({ pk, name }) => (
          <li key={pk} className="row line">
            <span className="row-main" dir="auto">
              {can('view_group') ? (
                <Link to="/groups/$pk" params={{ pk }} className="text-link">
                  {name}
                </Link>
              ) : (
                name
              )}
            </span>
            {can('remove_user_from_group') && can('view_group') && (
              <Confirmed
                label={t('groups.removeMember')}
                icon={<Icon name="cross" />}
                question={t('groups.removeAsk', { name })}
                text={t('groups.removeText')}
                act={() => changeMember(pk, user.pk, 'remove')}
                done={refresh}
              />
            )}
          </li>
        ))}
      </ul>
      {can('add_user_to_group') && can('view_group') && all.length > own.length && (
        <div className="panel-foot-actions">
          <Button variant="default" size="xs" leftSection={<Icon name="add" size={14} />} onClick={() => setOpen(true)}>
            {t('users.addGroup')}
          </Button>
          <Dialog
            title={t('users.addGroup')}
            label={t('action.add')}
            isOpen={isOpen}
            isDisabled={chosen === null}
            close={() => {
              setOpen(false);
              setChosen(null);
            }}
            act={() => changeMember(chosen ?? '', user.pk, 'add')}
            done={refresh}
          >
            <Select
              label={t('groups.one')}
              searchable
              value={chosen}
              onChange={setChosen}
              data={all
                .filter(({ pk }) => !own.some((group) => group.pk === pk))
                .map(({ pk, name }) => ({ value: pk, label: name }))}
            />
          </Dialog>
        </div>
      )}
    </Panel>
  );
}
