import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';

import { api, contentOf, type Schema } from '../api/client';
import { ChoiceFilter, SearchFilter } from '../parts/filters';
import { choiceLabel } from '../parts/form/field';
import { NewButton } from '../parts/form/form-dialog';
import { ListPage, useList } from '../parts/list-page';
import { ShownOnce } from '../parts/shown-once';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { type TokenFilter, tokensQuery } from './queries';
import { tokenLayout } from './token-layout';
import { TokenRow } from './token-row';

const intents = ['api', 'app_password', 'recovery', 'verification'] as const;

/** The tokens of the visitor, and for superusers those of all users. */
export function TokenList(): ReactNode {
  const {
    search: { user, kind },
    filter,
  } = useList();
  const { user: me } = useSession();
  return (
    <ListPage
      title={t('nav.tokens')}
      actions={<NewToken />}
      find={t('tokens.search')}
      filters={
        <>
          {me.is_superuser && <SearchFilter name="user" label={t('tokens.owner')} />}
          <ChoiceFilter
            name="kind"
            label={t('tokens.intent')}
            any={t('tokens.anyIntent')}
            choices={intents.map((value) => ({ value, label: choiceLabel(value) }))}
          />
        </>
      }
      query={useQuery(
        tokensQuery({
          ...filter,
          ...(user !== undefined && { user__username: user }),
          ...(kind !== undefined && { intent: kind as NonNullable<TokenFilter['intent']> }),
        }),
      )}
      label={t('tokens.list')}
      keyOf={({ pk }) => pk}
      row={(token) => <TokenRow token={token} />}
      empty={{ icon: 'tokens', title: t('tokens.empty'), text: t('tokens.emptyText') }}
    />
  );
}

function NewToken(): ReactNode {
  const { user: me } = useSession();
  const client = useQueryClient();
  const [key, setKey] = useState<string>();
  const create = async (body: Schema<'TokenRequest'>): Promise<string> => {
    const { identifier } = await contentOf(api.POST('/core/tokens/', { body }));
    void client.invalidateQueries({ queryKey: ['tokens'] });
    const { key } = await contentOf(
      api.GET('/core/tokens/{identifier}/view_key/', { params: { path: { identifier } } }),
    );
    return key;
  };
  return (
    <>
      <NewButton
        title={t('tokens.create')}
        request="TokenRequest"
        initial={{ intent: 'api' }}
        layout={{
          ...tokenLayout,
          first: ['identifier', 'description', 'intent'],
          hidden: me.is_superuser ? ['managed'] : ['managed', 'user', 'expiring'],
        }}
        save={create}
        saved={setKey}
      />
      <ShownOnce
        title={t('tokens.created')}
        text={t('tokens.createdText')}
        what={t('tokens.key')}
        value={key}
        close={() => setKey(undefined)}
      />
    </>
  );
}
