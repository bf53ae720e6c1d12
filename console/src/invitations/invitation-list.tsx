import { Button, Modal } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';

import { api, contentOf, type Schema } from '../api/client';
import { ResourceForm } from '../parts/form/resource-form';
import { Icon } from '../parts/icon';
import { Line, Listing } from '../parts/listing';
import { Moment } from '../parts/moment';
import { Page } from '../parts/page';
import { Search } from '../parts/search';
import type { ListSearch } from '../router';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { invitationsQuery } from './queries';

const route = getRouteApi('/invitations');

/** The invitations that were not redeemed yet, or can be redeemed several times. */
export function InvitationList(): ReactNode {
  const { q, page } = route.useSearch();
  const navigate = route.useNavigate();
  const { can } = useSession();
  const client = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const invitations = useQuery(invitationsQuery({ ...(q !== undefined && { search: q }), page: Number(page ?? 1) }));
  const change = (changed: ListSearch): void =>
    void navigate({ search: (before) => ({ ...before, page: undefined, ...changed }), replace: true });
  return (
    <Page
      title={t('nav.invitations')}
      actions={
        can('add_invitation') && (
          <Button leftSection={<Icon name="add" />} onClick={() => setOpen(true)}>
            {t('invitations.create')}
          </Button>
        )
      }
    >
      <div className="filters">
        <Search label={t('invitations.search')} value={q ?? ''} change={(terms) => change({ q: terms })} />
      </div>
      <Listing
        query={invitations}
        label={t('invitations.list')}
        keyOf={({ pk }) => pk}
        row={(invitation) => <InvitationRow invitation={invitation} />}
        empty={{ icon: 'invitations', title: t('invitations.empty'), text: t('invitations.emptyText') }}
        clear={q === undefined ? undefined : () => void navigate({ search: {} })}
        go={(to) => change({ page: String(to) })}
      />
      <Modal
        opened={isOpen}
        onClose={() => setOpen(false)}
        title={t('invitations.create')}
        closeButtonProps={{ 'aria-label': t('action.cancel') }}
        size="lg"
      >
        <ResourceForm
          request="InvitationRequest"
          label={t('invitations.create')}
          initial={{ single_use: true }}
          layout={{ first: ['name', 'flow', 'expires', 'single_use'] }}
          action={t('form.create')}
          save={(body: Schema<'InvitationRequest'>) => contentOf(api.POST('/stages/invitation/invitations/', { body }))}
          saved={({ pk }) => {
            void client.invalidateQueries({ queryKey: ['invitations'] });
            void navigate({ to: '/invitations/$pk', params: { pk } });
          }}
          cancel={() => setOpen(false)}
        />
      </Modal>
    </Page>
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
