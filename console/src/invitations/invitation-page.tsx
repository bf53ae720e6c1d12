import { NativeSelect } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';

import { api, contentOf, done, type Schema } from '../api/client';
import { Back } from '../parts/back';
import { Copy } from '../parts/copy';
import { DeleteButton } from '../parts/form/delete-button';
import { ReferenceInput } from '../parts/form/reference-input';
import { referenceOf } from '../parts/form/references';
import { type FormLayout, ResourceForm } from '../parts/form/resource-form';
import { SlugInput } from '../parts/form/slug-input';
import { Page, Panel } from '../parts/page';
import { Loaded } from '../parts/states';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { FlowWarning } from './flow-warning';
import { MailPanel } from './mail-panel';
import { enrollmentFlowsQuery, invitationQuery, linkOf } from './queries';

const signUps = referenceOf('enrollment_flow');

const layout: FormLayout = {
  first: ['name', 'flow', 'expires', 'single_use', 'fixed_data'],
  inputs: {
    name: SlugInput,
    ...(signUps !== undefined && { flow: (props) => <ReferenceInput {...props} reference={signUps} /> }),
  },
};

const route = getRouteApi('/invitations/$pk');

/** An invitation: its link to copy, and its settings. */
export function InvitationPage(): ReactNode {
  const { pk } = route.useParams();
  return (
    <Loaded query={useQuery(invitationQuery(pk))} isPage>
      {(invitation) => <FoundInvitation key={pk} invitation={invitation} />}
    </Loaded>
  );
}

function FoundInvitation({ invitation }: { readonly invitation: Schema<'Invitation'> }): ReactNode {
  const { can } = useSession();
  const navigate = useNavigate();
  const client = useQueryClient();
  const path = { invite_uuid: invitation.pk };
  return (
    <Page
      title={invitation.name}
      above={<Back to="/invitations">{t('invitations.back')}</Back>}
      actions={
        can('delete_invitation') && (
          <DeleteButton
            name={invitation.name}
            remove={() => done(api.DELETE('/stages/invitation/invitations/{invite_uuid}/', { params: { path } }))}
            removed={() => {
              void client.invalidateQueries({ queryKey: ['invitations'] });
              void navigate({ to: '/invitations' });
            }}
          />
        )
      }
    >
      <div className="columns">
        <div>
          <LinkPanel invitation={invitation} />
          {can('change_invitation') && <MailPanel invitation={invitation} />}
        </div>
        {can('change_invitation') && (
          <Panel title={t('groups.settings')}>
            <ResourceForm
              request="InvitationRequest"
              label={t('groups.settings')}
              value={invitation}
              layout={layout}
              save={(body: Schema<'PatchedInvitationRequest'>) =>
                contentOf(api.PATCH('/stages/invitation/invitations/{invite_uuid}/', { params: { path }, body }))
              }
              saved={() => {
                for (const key of ['invitation', 'invitations']) void client.invalidateQueries({ queryKey: [key] });
              }}
            />
          </Panel>
        )}
      </div>
    </Page>
  );
}

/** The link, in the flow of the invitation; without one, in a flow that the visitor chooses. */
function LinkPanel({ invitation }: { readonly invitation: Schema<'Invitation'> }): ReactNode {
  const { can } = useSession();
  const { flow_obj: fixed } = invitation;
  const flows = useQuery({ ...enrollmentFlowsQuery, enabled: fixed === null && can('view_flow') }).data?.results ?? [];
  const [chosen, setChosen] = useState<string>();
  const flow = fixed ?? flows.find(({ slug: each }) => each === chosen) ?? flows[0];
  const slug = flow?.slug;
  return (
    <Panel title={t('invitations.link')}>
      <div className="panel-text">
        {fixed === null && flows.length > 0 && (
          <NativeSelect
            label={t('invitations.flow')}
            value={slug ?? ''}
            onChange={({ currentTarget }) => setChosen(currentTarget.value)}
            data={flows.map(({ slug: value, name }) => ({ value, label: name }))}
          />
        )}
        {flow !== undefined && <FlowWarning flow={flow} />}
        {slug === undefined ? (
          <p>{t('invitations.noFlow')}</p>
        ) : (
          <p className="secret">
            <code dir="ltr">{linkOf(invitation, slug)}</code>
            <Copy value={linkOf(invitation, slug)} what={t('invitations.link')} />
          </p>
        )}
      </div>
      <p className="panel-foot">{t('invitations.linkText')}</p>
    </Panel>
  );
}
