import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { api, contentOf, type Schema } from '../api/client';
import { NewButton } from '../parts/form/form-dialog';
import { ListPage, useList } from '../parts/list-page';
import { Line } from '../parts/listing';
import { Moment } from '../parts/moment';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { invitationsQuery } from './queries';

/** The invitations that were not redeemed yet, or can be redeemed several times. */
export function InvitationList(): ReactNode {
  const { filter } = useList();
  const navigate = useNavigate();
  const { can } = useSession();
  const client = useQueryClient();
  return (
    <ListPage
      title={t('nav.invitations')}
      actions={
        can('add_invitation') && (
          <NewButton
            title={t('invitations.create')}
            request="InvitationRequest"
            initial={{ single_use: true }}
            layout={{ first: ['name', 'flow', 'expires', 'single_use'] }}
            save={(body: Schema<'InvitationRequest'>) =>
              contentOf(api.POST('/stages/invitation/invitations/', { body }))
            }
            saved={({ pk }) => {
              void client.invalidateQueries({ queryKey: ['invitations'] });
              void navigate({ to: '/invitations/$pk', params: { pk } });
            }}
          />
        )
      }
      find={t('invitations.search')}
      query={useQuery(invitationsQuery(filter))}
      label={t('invitations.list')}
      keyOf={({ pk }) => pk}
      row={(invitation) => <InvitationRow invitation={invitation} />}
      empty={{ icon: 'invitations', title: t('invitations.empty'), text: t('invitations.emptyText') }}
    />
  );
}

function InvitationRow({ invitation }: { readonly invitation: Schema<'Invitation'> }): ReactNode {
  const { expires = null, flow_obj: flow, created_by: creator } = invitation;
  return (
    <Link to="/invitations/$pk" params={{ pk: invitation.pk }} className="row line">
      <Line
        main={invitation.name}
        below={flow === null ? t('invitations.anyFlow') : flow.name}
        middle={[creator.username, t(invitation.single_use === true ? 'invitations.once' : 'invitations.often')].join(
          ' · ',
        )}
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
