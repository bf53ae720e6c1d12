import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';

import { api, contentOf, done, type Schema } from '../api/client';
import { Back } from '../parts/back';
import { Confirmed } from '../parts/confirm';
import { Dialog } from '../parts/dialog';
import { Facts } from '../parts/facts';
import { choiceLabel } from '../parts/form/field';
import { type FormLayout, ResourceForm } from '../parts/form/resource-form';
import { Icon } from '../parts/icon';
import { Page, Panel } from '../parts/page';
import { ShownOnce } from '../parts/shown-once';
import { Loaded } from '../parts/states';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { newKey } from './new-key';
import { tokenQuery } from './queries';
import { tokenLayout } from './token-layout';
import { Expiry } from './token-row';

const layout: FormLayout = {
  ...tokenLayout,
  first: ['identifier', 'description', 'expiring', 'expires'],
  hidden: ['managed', 'user', 'intent'],
};

const route = getRouteApi('/tokens/$identifier');

/** A token: whose it is, what for and until when; revoke it, show its key or replace it. */
export function TokenPage(): ReactNode {
  const { identifier } = route.useParams();
  return (
    <Loaded query={useQuery(tokenQuery(identifier))} isPage>
      {(token) => <FoundToken key={identifier} token={token} />}
    </Loaded>
  );
}

function FoundToken({ token }: { readonly token: Schema<'Token'> }): ReactNode {
  const { can } = useSession();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [key, setKey] = useState<string>();
  const [isReplacing, setReplacing] = useState(false);
  const { identifier, user_obj: owner } = token;
  const params = { path: { identifier } };
  const refresh = (): void => {
    for (const name of ['token', 'tokens', 'events']) void client.invalidateQueries({ queryKey: [name] });
  };
  return (
    <Page
      title={identifier}
      above={<Back to="/tokens">{t('tokens.back')}</Back>}
      below={token.description !== '' && <p className="page-below">{token.description}</p>}
      actions={
        <>
          {can('view_token_key') && (
            <Confirmed
              label={t('tokens.show')}
              icon={<Icon name="tokens" />}
              question={t('tokens.showAsk')}
              text={t('tokens.showText')}
              act={async () =>
                setKey((await contentOf(api.GET('/core/tokens/{identifier}/view_key/', { params }))).key)
              }
              done={refresh}
            />
          )}
          {can('set_token_key') && (
            <Button variant="default" leftSection={<Icon name="repeat" />} onClick={() => setReplacing(true)}>
              {t('tokens.replace')}
            </Button>
          )}
          <Confirmed
            label={t('tokens.revoke')}
            icon={<Icon name="bin" />}
            question={t('tokens.revokeAsk', { name: identifier })}
            text={t('tokens.revokeText')}
            isDangerous
            act={() => done(api.DELETE('/core/tokens/{identifier}/', { params }))}
            // The page asks for the token as long as it is shown.
            done={() => void navigate({ to: '/tokens' }).then(refresh)}
          />
        </>
      }
    >
      <div className="columns">
        <Panel title={t('mailPage.details')}>
          <Facts
            facts={[
              [
                t('tokens.owner'),
                can('view_user') ? (
                  <Link key="owner" to="/users/$id" params={{ id: String(owner.pk) }} className="text-link">
                    {owner.username}
                  </Link>
                ) : (
                  owner.username
                ),
              ],
              [t('tokens.intent'), choiceLabel(token.intent ?? 'api')],
              [t('tokens.validity'), <Expiry key="expiry" token={token} />],
              [t('tokens.managed'), token.managed],
            ]}
          />
        </Panel>
        <Panel title={t('groups.settings')}>
          <ResourceForm
            request="TokenRequest"
            label={t('groups.settings')}
            value={token}
            layout={layout}
            save={(body: Schema<'PatchedTokenRequest'>) =>
              contentOf(api.PATCH('/core/tokens/{identifier}/', { params, body }))
            }
            saved={({ identifier: name }) =>
              void navigate({ to: '/tokens/$identifier', params: { identifier: name } }).then(refresh)
            }
          />
        </Panel>
      </div>
      <Dialog
        title={t('tokens.replaceAsk')}
        text={t('tokens.replaceText')}
        label={t('tokens.replace')}
        isOpen={isReplacing}
        isDangerous
        close={() => setReplacing(false)}
        act={async () => {
          const made = newKey();
          await done(api.POST('/core/tokens/{identifier}/set_key/', { params, body: { key: made } }));
          setKey(made);
        }}
        done={refresh}
      />
      <ShownOnce
        title={t('tokens.key')}
        text={t('tokens.keyText')}
        what={t('tokens.key')}
        value={key}
        close={() => setKey(undefined)}
      />
    </Page>
  );
}
