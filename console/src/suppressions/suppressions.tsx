import { Alert, Button, Group, Modal, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, type SubmitEvent, useState } from 'react';

import type { Schema } from '../api/client';
import { Confirmed } from '../parts/confirm';
import { Icon } from '../parts/icon';
import { ListPage, useList } from '../parts/list-page';
import { Moment } from '../parts/moment';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { block, suppressionsQuery, unblock } from './queries';

/** Addresses and domains that get no mail. */
export function Suppressions(): ReactNode {
  const { filter } = useList();
  const { can } = useSession();
  return (
    <ListPage
      title={t('nav.suppressions')}
      actions={can('add_suppression') && <Add />}
      find={t('suppressions.search')}
      query={useQuery(suppressionsQuery(filter))}
      label={t('suppressions.list')}
      keyOf={({ pk }) => pk}
      row={(suppression) => <Row suppression={suppression} />}
      empty={{ icon: 'blocked', title: t('suppressions.empty'), text: t('suppressions.emptyText') }}
    />
  );
}

function Row({ suppression }: { readonly suppression: Schema<'Suppression'> }): ReactNode {
  const { pk, address, reason = 'manual', message = null, note = '', expires = null, created } = suppression;
  const { can } = useSession();
  const client = useQueryClient();
  return (
    <div className="row suppression">
      <span className="row-main" dir="auto">
        {address}
      </span>
      <span className="row-soft" dir="auto">
        {[t(`suppressions.${reason}`), note].filter((text) => text !== '').join(' · ')}{' '}
        {message !== null && can('view_mailmessage') && (
          <Link to="/mails/$pk" params={{ pk: message }} className="text-link">
            {t('suppressions.mail')}
          </Link>
        )}
        {expires !== null && (
          <>
            {t('suppressions.ends')} <Moment time={expires} />
          </>
        )}
      </span>
      <span className="row-time">
        <Moment time={created} />
      </span>
      {can('delete_suppression') && (
        <Confirmed
          label={t('suppressions.remove')}
          icon={<Icon name="check" />}
          question={t('suppressions.removeAsk')}
          text={t('suppressions.removeText', { address })}
          act={() => unblock(pk)}
          done={() => void client.invalidateQueries({ queryKey: ['suppressions'] })}
        />
      )}
    </div>
  );
}

function Add(): ReactNode {
  const [isOpen, setOpen] = useState(false);
  const [address, setAddress] = useState('');
  const [note, setNote] = useState('');
  const client = useQueryClient();
  const { mutate, isPending, error, reset } = useMutation({
    mutationFn: () => block(address, note),
    onSuccess: async () => {
      close();
      await client.invalidateQueries({ queryKey: ['suppressions'] });
    },
  });
  const close = (): void => {
    setOpen(false);
    setAddress('');
    setNote('');
    reset();
  };
  const send = (event: SubmitEvent): void => {
    event.preventDefault();
    mutate();
  };
  return (
    <>
      <Button leftSection={<Icon name="blocked" />} onClick={() => setOpen(true)}>
        {t('suppressions.add')}
      </Button>
      <Modal
        opened={isOpen}
        onClose={close}
        title={t('suppressions.add')}
        closeButtonProps={{ 'aria-label': t('action.cancel') }}
      >
        <form onSubmit={send} noValidate>
          <TextInput
            data-autofocus
            required
            label={t('suppressions.address')}
            description={t('suppressions.addressText')}
            value={address}
            error={error?.message}
            onChange={({ currentTarget }) => setAddress(currentTarget.value)}
          />
          <TextInput
            mt="md"
            label={t('suppressions.note')}
            value={note}
            onChange={({ currentTarget }) => setNote(currentTarget.value)}
          />
          {error?.message === '' && (
            <Alert color="red" mt="md" role="alert">
              {t('state.unreachable')}
            </Alert>
          )}
          <Group justify="flex-end" mt="lg" gap="xs">
            <Button variant="default" onClick={close}>
              {t('action.cancel')}
            </Button>
            <Button type="submit" loading={isPending}>
              {t('suppressions.add')}
            </Button>
          </Group>
        </form>
      </Modal>
    </>
  );
}
