import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import type { Schema } from '../api/client';
import { choiceLabel } from '../parts/form/field';
import { Line } from '../parts/listing';
import { Moment } from '../parts/moment';
import { t } from '../texts/texts';

type Token = Schema<'Token'>;

/** A row of a list of tokens, which leads to its page. */
export function TokenRow({ token }: { readonly token: Token }): ReactNode {
  return (
    <Link to="/tokens/$identifier" params={{ identifier: token.identifier }} className="row line">
      <Line
        main={token.identifier}
        below={token.description}
        middle={`${token.user_obj.username} · ${choiceLabel(token.intent ?? 'api')}`}
        end={<Expiry token={token} />}
      />
    </Link>
  );
}

/** When a token expires, or that it has, or never does. */
export function Expiry({ token: { expiring, expires } }: { readonly token: Token }): ReactNode {
  if (expiring === false || expires == null) return t('tokens.lasting');
  const isOver = Date.parse(expires) < Date.now();
  return (
    <>
      {t(isOver ? 'tokens.expired' : 'tokens.expires')} <Moment time={expires} />
    </>
  );
}
