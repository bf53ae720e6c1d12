import { Button, Modal, NativeSelect } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';

import { api, contentOf, type Schema } from '../api/client';
import { choiceLabel } from '../parts/form/field';
import { ResourceForm } from '../parts/form/resource-form';
import { Icon } from '../parts/icon';
import { Listing } from '../parts/listing';
import { Page } from '../parts/page';
import { Search } from '../parts/search';
import { ShownOnce } from '../parts/shown-once';
import type { ListSearch } from '../router';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { type TokenFilter, tokensQuery } from './queries';
import { TokenRow } from './token-row';

const route = getRouteApi('/tokens');

const intents = ['api', 'app_password', 'recovery', 'verification'] as const;

/** The tokens of the visitor, and for superusers those of all users. */
export function TokenList(): ReactNode {
  const { q, user, kind, page } = route.useSearch();
  const navigate = route.useNavigate();
  const { user: me } = useSession();
  const client = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const [key, setKey] = useState<string>();
  const tokens = useQuery(
    tokensQuery({
      ...(q !== undefined && { search: q }),
      ...(user !== undefined && { user__username: user }),
      ...(kind !== undefined && { intent: kind as NonNullable<TokenFilter['intent']> }),
      page: Number(page ?? 1),
    }),
  );
  const change = (changed: ListSearch): void =>
    void navigate({ search: (before) => ({ ...before, page: undefined, ...changed }), replace: true });
  const create = async (body: Schema<'TokenRequest'>): Promise<string> => {
    const { identifier } = await contentOf(api.POST('/core/tokens/', { body }));
    void client.invalidateQueries({ queryKey: ['tokens'] });
    const { key } = await contentOf(
      api.GET('/core/tokens/{identifier}/view_key/', { params: { path: { identifier } } }),
    );
    return key;
  };
  return (
    <Page
      title={t('nav.tokens')}
      actions={
        <Button leftSection={<Icon name="add" />} onClick={() => setOpen(true)}>
          {t('tokens.create')}
        </Button>
      }
    >
      <div className="filters">
        <Search label={t('tokens.search')} value={q ?? ''} change={(terms) => change({ q: terms })} />
        {me.is_superuser && (
          <Search label={t('tokens.owner')} value={user ?? ''} change={(name) => change({ user: name })} />
        )}
        <NativeSelect
          aria-label={t('tokens.intent')}
          value={kind ?? ''}
          onChange={({ currentTarget }) => change({ kind: currentTarget.value })}
          data={[
            { value: '', label: t('tokens.anyIntent') },
            ...intents.map((intent) => ({ value: intent, label: choiceLabel(intent) })),
          ]}
        />
      </div>
      <Listing
        query={tokens}
        label={t('tokens.list')}
        keyOf={({ pk }) => pk}
        row={(token) => <TokenRow token={token} />}
        empty={{ icon: 'tokens', title: t('tokens.empty'), text: t('tokens.emptyText') }}
        clear={[q, user, kind].some((value) => value !== undefined) ? () => void navigate({ search: {} }) : undefined}
        go={(to) => change({ page: String(to) })}
      />
      <Modal
        opened={isOpen}
        onClose={() => setOpen(false)}
        title={t('tokens.create')}
        closeButtonProps={{ 'aria-label': t('action.cancel') }}
        size="lg"
      >
        <ResourceForm
          request="TokenRequest"
          label={t('tokens.create')}
          layout={{
            first: ['identifier', 'description', 'intent'],
            hidden: me.is_superuser ? ['managed'] : ['managed', 'user', 'expiring'],
          }}
          action={t('form.create')}
          save={create}
          saved={(created) => {
            setOpen(false);
            setKey(created);
          }}
          cancel={() => setOpen(false)}
        />
      </Modal>
      <ShownOnce
        title={t('tokens.created')}
        text={t('tokens.createdText')}
        what={t('tokens.key')}
        value={key}
        close={() => setKey(undefined)}
      />
    </Page>
  );
}
