import { Alert, Button, Group, Modal, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type ReactNode, type SubmitEvent, useState } from 'react';

import type { Schema } from '../api/client';
import { Confirmed } from '../parts/confirm';
import { Icon } from '../parts/icon';
import { Moment } from '../parts/moment';
import { Page } from '../parts/page';
import { Pager } from '../parts/pager';
import { Search } from '../parts/search';
import { Loaded, Note } from '../parts/states';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { block, suppressionsQuery, unblock } from './queries';

const route = getRouteApi('/suppressions');

/** Addresses and domains that get no mail. */
export function Suppressions(): ReactNode {
  const { q, page } = route.useSearch();
  const navigate = route.useNavigate();
  const { can } = useSession();
  const found = useQuery(suppressionsQuery({ ...(q !== undefined && { search: q }), page: Number(page ?? 1) }));
  return (
    <Page title={t('nav.suppressions')} actions={can('add_suppression') ? <Add /> : undefined}>
      <div className="filters">
        <Search
          label={t('suppressions.search')}
          value={q ?? ''}
          change={(terms) => void navigate({ search: { q: terms }, replace: true })}
        />
      </div>
      <Loaded query={found} lines={6}>
        {({ results, pagination }) =>
          results.length === 0 ? (
            <div className="panel">
              {q === undefined ? (
                <Note icon="blocked" title={t('suppressions.empty')} text={t('suppressions.emptyText')} />
              ) : (
                <Note icon="search" title={t('suppressions.none')} text={t('mails.noneFoundText')}>
                  <Link from={route.id} search={{}} className="text-link">
                    {t('action.clear')}
                  </Link>
                </Note>
              )}
            </div>
          ) : (
            <>
              <div className="panel">
                <ul className="rows" aria-label={t('suppressions.list')}>
                  {results.map((suppression) => (
                    <li key={suppression.pk}>
                      <Row suppression={suppression} />
                    </li>
                  ))}
                </ul>
              </div>
              <Pager
                position={pagination}
                go={(to) => void navigate({ search: (before) => ({ ...before, page: String(to) }), replace: true })}
              />
            </>
          )
        }
      </Loaded>
    </Page>
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
          icon={<Icon name="bin" />}
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
