import { Alert, Button, Modal, NativeSelect, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, type SubmitEvent, useState } from 'react';

import { api, contentOf, done, type Schema } from '../api/client';
import { FieldInput } from '../parts/form/field-input';
import { noProblems, problemsOf } from '../parts/form/problems';
import { fieldsOfRequest } from '../parts/form/requests';
import { slugOf } from '../parts/form/slug-input';
import { useSession } from '../session';
import { currentLanguage, t } from '../texts/texts';
import { FlowWarning } from './flow-warning';
import { LanguageSelect } from './language-select';
import { enrollmentFlowsQuery, flowsWithInvitationsQuery } from './queries';

const fields = fieldsOfRequest('InvitationRequest').filter(({ name }) => ['expires', 'single_use'].includes(name));
const shown = ['name', 'flow', 'email', 'locale', ...fields.map(({ name }) => name)];

/** Invites a person: creates an invitation, and mails its link if an address is given. */
export function InviteDialog({ close }: { readonly close: () => void }): ReactNode {
  const { can } = useSession();
  const navigate = useNavigate();
  const client = useQueryClient();
  const flows = useQuery({ ...enrollmentFlowsQuery, enabled: can('view_flow') }).data?.results ?? [];
  const able =
    useQuery({
      ...flowsWithInvitationsQuery(can('view_flowstagebinding')),
      enabled: can('view_invitationstage'),
    }).data ?? [];
  const [email, setEmail] = useState('');
  const [locale, setLocale] = useState<string>(currentLanguage());
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<string>();
  const [values, setValues] = useState<Record<string, unknown>>({ expires: null, single_use: true });
  // What was created before the mail was refused: the next attempt changes it.
  const [created, setCreated] = useState<string>();
  const typed = email.trim();
  const suggested = slugOf(typed.split('@')[0] ?? '').slice(0, 50);
  const slug = name.trim() === '' ? suggested : slugOf(name.trim()).slice(0, 50);
  const flow = chosen ?? (flows.find(({ pk }) => able.includes(pk)) ?? flows[0])?.pk ?? '';
  // Its link leads into a flow: without one, nothing can be mailed.
  const address = flow === '' ? '' : typed;

  const invite = async (): Promise<string> => {
    const body: Schema<'InvitationRequest'> = { ...values, name: slug, flow: flow === '' ? null : flow };
    const { pk } = await contentOf(
      created === undefined
        ? api.POST('/stages/invitation/invitations/', { body })
        : api.PATCH('/stages/invitation/invitations/{invite_uuid}/', {
            params: { path: { invite_uuid: created } },
            body,
          }),
    );
    setCreated(pk);
    if (address !== '') {
      const params = { path: { invite_uuid: pk } };
      const mail = { email: address, locale };
      await done(api.POST('/stages/invitation/invitations/{invite_uuid}/send_email/', { params, body: mail }));
    }
    return pk;
  };
  const { mutate, isPending, error } = useMutation({
    mutationFn: invite,
    onSuccess: (pk) => navigate({ to: '/invitations/$pk', params: { pk } }),
    onSettled: () => {
      for (const key of ['invitations', 'mails']) void client.invalidateQueries({ queryKey: [key] });
    },
  });
  const problems =
    error === null ? noProblems : problemsOf(error, (field) => shown.includes(field), t('state.unreachable'));
  const problemOf = (field: string): string | undefined => problems.fields[field]?.join(' ');
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    mutate();
  };
  const found = flows.find(({ pk }) => pk === flow);
  return (
    <Modal
      opened
      onClose={close}
      title={t('invitations.create')}
      closeButtonProps={{ 'aria-label': t('action.cancel') }}
      size="lg"
    >
      <form className="resource-form" noValidate onSubmit={submit}>
        {can('change_invitation') && (
          <TextInput
            data-autofocus
            type="email"
            name="email"
            autoComplete="off"
            label={t('invitations.mailTo')}
            description={t(flow === '' ? 'invitations.mailNoFlow' : 'invitations.addressText')}
            disabled={flow === ''}
            value={email}
            error={problemOf('email')}
            onChange={({ currentTarget }) => setEmail(currentTarget.value)}
          />
        )}
        {address !== '' && <LanguageSelect value={locale} change={setLocale} error={problemOf('locale')} />}
        <TextInput
          name="name"
          autoComplete="off"
          label={t('invitations.name')}
          description={
            name.trim() !== '' && slug !== name.trim()
              ? t(slug === '' ? 'form.noSlug' : 'form.slug', { slug })
              : t('invitations.nameText')
          }
          placeholder={suggested}
          dir="auto"
          withAsterisk={suggested === ''}
          value={name}
          error={problemOf('name')}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        <NativeSelect
          name="flow"
          label={t('invitations.flow')}
          value={flow}
          error={problemOf('flow')}
          onChange={({ currentTarget }) => setChosen(currentTarget.value)}
          data={[
            ...flows.map(({ pk, name: label }) => ({ value: pk, label })),
            { value: '', label: t('invitations.anyFlow') },
          ]}
        />
        {found !== undefined && <FlowWarning flow={found} />}
        {fields.map((field) => (
          <FieldInput
            key={field.name}
            field={field}
            value={values[field.name]}
            change={(value) => setValues({ ...values, [field.name]: value })}
            isSet={false}
            isLong={false}
            errors={problems.fields[field.name] ?? []}
          />
        ))}
        {problems.general.length > 0 && (
          <Alert color="red" role="alert">
            {problems.general.join(' ')}
          </Alert>
        )}
        <div className="form-actions">
          <Button variant="default" onClick={close}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" loading={isPending}>
            {t(address === '' ? 'form.create' : 'invitations.invite')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
