import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { Confirmed } from '../parts/confirm';
import { Icon } from '../parts/icon';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { block, suppressionsQuery } from './queries';

/** A button that blocks the address of a mail; where it is blocked already, a link to the list. */
export function Block({
  address,
  done,
}: {
  readonly address: string;
  readonly done: (text: string) => void;
}): ReactNode {
  const { can } = useSession();
  const client = useQueryClient();
  const canSee = can('view_suppression');
  const known = useQuery({ ...suppressionsQuery({ address: address.toLowerCase() }), enabled: canSee });
  if (known.data !== undefined && known.data.results.length > 0) {
    return (
      <Link to="/suppressions" search={{ q: address.toLowerCase() }} className="text-link blocked">
        <Icon name="blocked" /> {t('suppressions.isBlocked')}
      </Link>
    );
  }
  if (!can('add_suppression') || (canSee && known.data === undefined)) return null;
  return (
    <Confirmed
      label={t('suppressions.block')}
      icon={<Icon name="blocked" />}
      question={t('suppressions.blockAsk')}
      text={t('suppressions.blockText', { address })}
      isDangerous
      act={() => block(address, '')}
      done={() => {
        done(t('suppressions.blocked', { address }));
        void client.invalidateQueries({ queryKey: ['suppressions'] });
      }}
    />
  );
}
