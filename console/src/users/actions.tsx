import { Button, Menu, Modal, Select } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';

import { api, contentOf, done, type Schema } from '../api/client';
import { stagesQuery } from '../mails/queries';
import { Dialog } from '../parts/dialog';
import { ResourceForm } from '../parts/form/resource-form';
import { Icon } from '../parts/icon';
import { ShownOnce } from '../parts/shown-once';
import { useSession } from '../session';
import { t } from '../texts/texts';

type User = Schema<'User'>;
type Action = 'activate' | 'confirm' | 'deactivate' | 'delete' | 'edit' | 'link' | 'mail';

/** What the visitor may do with a user. */
export function UserActions({ user }: { readonly user: User }): ReactNode {
  const { can, user: me } = useSession();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [open, setOpen] = useState<Action>();
  const [link, setLink] = useState<string>();
  const close = (): void => setOpen(undefined);
  const refresh = async (): Promise<void> => {
    for (const key of ['user', 'users', 'addresses', 'sessions', 'events']) {
      await client.invalidateQueries({ queryKey: [key] });
    }
  };
  // Only superusers change superusers.
  const mayManage = me.is_superuser || !user.is_superuser;
  const mayEdit = mayManage && can('change_user');
  const mayRecover = mayManage && can('reset_user_password');
  const mayDelete = mayManage && can('delete_user') && me.pk !== user.pk;
  const isActive = user.is_active !== false;
  const path = { id: user.pk };
  const setActive = (is_active: boolean) => () =>
    contentOf(api.PATCH('/core/users/{id}/', { params: { path }, body: { is_active } }));
  return (
    <>
      {mayEdit && (
        <Button variant="default" leftSection={<Icon name="edit" />} onClick={() => setOpen('edit')}>
          {t('users.edit')}
        </Button>
      )}
      {(mayRecover || mayDelete || (mayEdit && me.pk !== user.pk)) && (
        <Menu position="bottom-end" shadow="md">
          <Menu.Target>
            <Button variant="default" rightSection={<Icon name="down" />}>
              {t('users.actions')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {mayRecover && (
              <Menu.Item leftSection={<Icon name="tokens" />} onClick={() => setOpen('link')}>
                {t('users.recoveryLink')}
              </Menu.Item>
            )}
            {mayRecover && user.email !== '' && can('view_stage') && (
              <Menu.Item leftSection={<Icon name="mail" />} onClick={() => setOpen('mail')}>
                {t('users.recoveryMail')}
              </Menu.Item>
            )}
            {mayEdit && user.awaits_confirmation && user.email !== '' && (
              <Menu.Item leftSection={<Icon name="mail" />} onClick={() => setOpen('confirm')}>
                {t('users.confirm')}
              </Menu.Item>
            )}
            {mayEdit && me.pk !== user.pk && (
              <Menu.Item
                leftSection={<Icon name={isActive ? 'blocked' : 'check'} />}
                onClick={() => setOpen(isActive ? 'deactivate' : 'activate')}
              >
                {t(isActive ? 'users.deactivate' : 'users.activate')}
              </Menu.Item>
            )}
            {mayDelete && (
              <Menu.Item leftSection={<Icon name="bin" />} onClick={() => setOpen('delete')}>
                {t('users.delete')}
              </Menu.Item>
            )}
          </Menu.Dropdown>
        </Menu>
      )}
      <Modal
        opened={open === 'edit'}
        onClose={close}
        title={t('users.editTitle', { name: user.username })}
        closeButtonProps={{ 'aria-label': t('action.cancel') }}
        size="lg"
      >
        <ResourceForm
          request="UserRequest"
          label={t('users.edit')}
          value={user}
          layout={{ first: ['username', 'name', 'email'], hidden: ['last_login', 'is_active', 'groups'] }}
          save={(body: Schema<'PatchedUserRequest'>) =>
            contentOf(api.PATCH('/core/users/{id}/', { params: { path }, body }))
          }
          saved={() => {
            close();
            void refresh();
          }}
          cancel={close}
        />
      </Modal>
      <Dialog
        title={t('users.recoveryLink')}
        text={t('users.recoveryLinkText')}
        label={t('users.recoveryLinkMake')}
        isOpen={open === 'link'}
        close={close}
        act={async () => {
          const created = await contentOf(api.POST('/core/users/{id}/recovery/', { params: { path } }));
          setLink(created.link);
        }}
        done={() => void refresh()}
      />
      <ShownOnce
        title={t('users.recoveryLink')}
        text={t('users.recoveryLinkShown', { name: user.username })}
        what={t('users.recoveryLink')}
        value={link}
        close={() => setLink(undefined)}
      />
      <Dialog
        title={t('users.confirmAsk')}
        text={t('users.confirmText', { address: user.email ?? '' })}
        label={t('users.confirmSend')}
        isOpen={open === 'confirm'}
        close={close}
        act={() => done(api.POST('/core/users/{id}/confirmation_email/', { params: { path } }))}
        done={() => void client.invalidateQueries({ queryKey: ['mails'] })}
      />
      <RecoveryMail user={user} isOpen={open === 'mail'} close={close} />
      <Dialog
        title={t('users.deactivateAsk', { name: user.username })}
        text={t('users.deactivateText')}
        label={t('users.deactivate')}
        isOpen={open === 'deactivate'}
        isDangerous
        close={close}
        act={setActive(false)}
        done={() => void refresh()}
      />
      <Dialog
        title={t('users.activateAsk', { name: user.username })}
        text={t('users.activateText')}
        label={t('users.activate')}
        isOpen={open === 'activate'}
        close={close}
        act={setActive(true)}
        done={() => void refresh()}
      />
      <Dialog
        title={t('users.deleteAsk', { name: user.username })}
        text={t('users.deleteText')}
        label={t('users.delete')}
        typed={user.username}
        isOpen={open === 'delete'}
        isDangerous
        close={close}
        act={() => done(api.DELETE('/core/users/{id}/', { params: { path } }))}
        // The page asks for the user as long as it is shown.
        done={() => void navigate({ to: '/users' }).then(refresh)}
      />
    </>
  );
}

interface RecoveryMailProps {
  readonly user: User;
  readonly isOpen: boolean;
  readonly close: () => void;
}

/** Mails a recovery link, with the template and sender of an email stage. */
function RecoveryMail({ user, isOpen, close }: RecoveryMailProps): ReactNode {
  const client = useQueryClient();
  const stages = useQuery({ ...stagesQuery, enabled: isOpen }).data?.results ?? [];
  const [chosen, setChosen] = useState<string | null>(null);
  const recovery = stages.find(({ flow_set: flows }) => flows?.some(({ designation }) => designation === 'recovery'));
  const stage = chosen ?? recovery?.pk ?? stages[0]?.pk;
  return (
    <Dialog
      title={t('users.recoveryMail')}
      text={t('users.recoveryMailText', { address: user.email ?? '' })}
      label={t('users.recoveryMailSend')}
      isOpen={isOpen}
      isDisabled={stage === undefined}
      close={close}
      act={() =>
        done(
          api.POST('/core/users/{id}/recovery_email/', {
            params: { path: { id: user.pk }, query: { email_stage: stage ?? '' } },
          }),
        )
      }
      done={() => void client.invalidateQueries({ queryKey: ['mails'] })}
    >
      <Select
        mt="md"
        label={t('mails.stage')}
        allowDeselect={false}
        value={stage ?? null}
        onChange={setChosen}
        data={stages.map(({ pk, name }) => ({ value: pk, label: name }))}
      />
    </Dialog>
  );
}
