import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';

import type { Schema } from '../api/client';
import { Icon } from '../parts/icon';
import { ListPage, useList } from '../parts/list-page';
import { Line } from '../parts/listing';
import { Moment } from '../parts/moment';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { InviteDialog } from './invite-dialog';
import { invitationsQuery } from './queries';

/** The invitations that were not redeemed yet, or can be redeemed several times. */
export function InvitationList(): ReactNode {
  const { filter } = useList();
  const { can } = useSession();
  const [isInviting, setInviting] = useState(false);
  return (
    <ListPage
      title={t('nav.invitations')}
      actions={
        can('add_invitation') && (
          <Button leftSection={<Icon name="add" />} onClick={() => setInviting(true)}>
            {t('invitations.create')}
          </Button>
        )
      }
      find={t('invitations.search')}
      query={useQuery(invitationsQuery(filter))}
      label={t('invitations.list')}
      keyOf={({ pk }) => pk}
      row={(invitation) => <InvitationRow invitation={invitation} />}
      empty={{ icon: 'invitations', title: t('invitations.empty'), text: t('invitations.emptyText') }}
    >
      {isInviting && <InviteDialog close={() => setInviting(false)} />}
    </ListPage>
  );
}

function InvitationRow({ invitation }: { readonly invitation: Schema<'Invitation'> }): ReactNode {
  const { expires = null, flow_obj: flow, created_by: creator, mailed_to: mailedTo } = invitation;
  return (
    <Link to="/invitations/$pk" params={{ pk: invitation.pk }} className="row line">
      <Line
        main={invitation.name}
        below={[
          flow === null ? t('invitations.anyFlow') : flow.name,
          t(invitation.single_use === true ? 'invitations.once' : 'invitations.often'),
        ].join(' · ')}
        middle={
          mailedTo === null
            ? t('invitations.byUser', { name: creator.username })
            : t('invitations.lastMail', { address: mailedTo })
        }
        end={
          expires === null ? (
            t('invitations.lasting')
          ) : (
            <>
              {t(Date.parse(expires) < Date.now() ? 'tokens.expired' : 'tokens.expires')} <Moment time={expires} />
            </>
          )
        }
      />
    </Link>
  );
}
