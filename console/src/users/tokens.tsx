import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import type { Schema } from '../api/client';
import { Panel } from '../parts/page';
import { Loaded } from '../parts/states';
import { t } from '../texts/texts';
import { tokensQuery } from '../tokens/queries';
import { TokenRow } from '../tokens/token-row';

/** The tokens of a user. */
export function Tokens({ user }: { readonly user: Schema<'User'> }): ReactNode {
  const all = (
    <Link to="/tokens" search={{ user: user.username }} className="text-link">
      {t('tokens.back')}
    </Link>
  );
  return (
    <Panel title={t('nav.tokens')} aside={all}>
      <Loaded query={useQuery(tokensQuery({ user__username: user.username }))} lines={2}>
        {({ results }) =>
          results.length === 0 ? (
            <p className="panel-text">{t('users.noTokens')}</p>
          ) : (
            <ul className="rows">
              {results.slice(0, 8).map((token) => (
                <li key={token.pk}>
                  <TokenRow token={token} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}
