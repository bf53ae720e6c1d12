import { Button, Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';

import type { Schema } from '../api/client';
import { Confirmed } from '../parts/confirm';
import { Dialog } from '../parts/dialog';
import { Icon } from '../parts/icon';
import { Line } from '../parts/listing';
import { Panel } from '../parts/page';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { usersQuery } from '../users/queries';
import { changeMember } from './queries';

interface MembersProps {
  readonly group: Schema<'Group'>;
  readonly refresh: () => void;
}

/** The members of a group, with buttons to add and remove them. */
export function Members({ group, refresh }: MembersProps): ReactNode {
  const { can, user: me } = useSession();
  const mayManage = me.is_superuser || group.is_superuser !== true;
  const members = group.users_obj ?? [];
  return (
    <Panel title={t('groups.membersTitle')}>
      {members.length === 0 && <p className="panel-text">{t('groups.noMembers')}</p>}
      <ul className="rows" aria-label={t('groups.membersTitle')}>
        {members.map(({ pk, username, name, email }) => (
          <li key={pk} className="row line">
            <Line
              main={
                can('view_user') ? (
                  <Link to="/users/$id" params={{ id: String(pk) }} className="text-link">
                    {name === '' ? username : name}
                  </Link>
                ) : (
                  username
                )
              }
              below={email}
              end={
                mayManage &&
                can('remove_user_from_group') && (
                  <Confirmed
                    label={t('groups.removeMember')}
                    icon={<Icon name="cross" />}
                    question={t('groups.removeMemberAsk', { name: username })}
                    text={t('groups.removeText')}
                    act={() => changeMember(group.pk, pk, 'remove')}
                    done={refresh}
                  />
                )
              }
            />
          </li>
        ))}
      </ul>
      {mayManage && can('add_user_to_group') && can('view_user') && <AddMember group={group} refresh={refresh} />}
    </Panel>
  );
}

function AddMember({ group, refresh }: MembersProps): ReactNode {
  const [isOpen, setOpen] = useState(false);
  const [chosen, setChosen] = useState<string | null>(null);
  const [terms, setTerms] = useState('');
  const [search] = useDebouncedValue(terms, 250);
  const found = useQuery({ ...usersQuery({ ...(search !== '' && { search }) }), enabled: isOpen }).data?.results ?? [];
  return (
    <div className="panel-foot-actions">
      <Button variant="default" size="xs" leftSection={<Icon name="add" size={14} />} onClick={() => setOpen(true)}>
        {t('groups.addMember')}
      </Button>
      <Dialog
        title={t('groups.addMember')}
        label={t('action.add')}
        isOpen={isOpen}
        isDisabled={chosen === null}
        close={() => {
          setOpen(false);
          setChosen(null);
        }}
        act={() => changeMember(group.pk, Number(chosen), 'add')}
        done={refresh}
      >
        <Select
          label={t('users.one')}
          searchable
          value={chosen}
          onChange={setChosen}
          onSearchChange={setTerms}
          filter={({ options }) => options}
          nothingFoundMessage={t('list.noneFound')}
          data={found
            .filter(({ pk }) => !(group.users ?? []).includes(pk))
            .map(({ pk, username, name }) => ({
              value: String(pk),
              label: name === '' ? username : `${name} · ${username}`,
            }))}
        />
      </Dialog>
    </div>
  );
}
