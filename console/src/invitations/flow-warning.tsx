import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import type { Schema } from '../api/client';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { flowsWithInvitationsQuery } from './queries';

interface FlowWarningProps {
  readonly flow: Pick<Schema<'Flow'>, 'name' | 'pk' | 'slug'>;
}

/** Says that a flow has no step that redeems invitations before it writes an account, and what to do. Shown to those who may see such steps. */
export function FlowWarning({ flow: { pk, name, slug } }: FlowWarningProps): ReactNode {
  const { can } = useSession();
  const able = useQuery({
    ...flowsWithInvitationsQuery(can('view_flowstagebinding')),
    enabled: can('view_invitationstage'),
  }).data;
  if (able === undefined || able.includes(pk)) return null;
  return (
    <p className="caution" role="note">
      {t('invitations.noStage', { name })}{' '}
      {can('view_flow') && (
        <Link to="/flows/$slug" params={{ slug }} className="text-link inline">
          {t('invitations.toFlow')}
        </Link>
      )}
    </p>
  );
}
