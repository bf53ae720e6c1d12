import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';

import { api, done, type Schema } from '../api/client';
import { problemsOf } from '../parts/form/problems';
import { Panel } from '../parts/page';
import { currentLanguage, languageNames, t } from '../texts/texts';

/** Mails an invitation, in a language that the administrator chooses. */
export function MailPanel({ invitation }: { readonly invitation: Schema<'Invitation'> }): ReactNode {
  return (
    <Panel title={t('invitations.mail')}>
      {invitation.flow_obj === null ? (
        <p className="panel-text">{t('invitations.mailNoFlow')}</p>
      ) : (
        <MailForm pk={invitation.pk} />
      )}
    </Panel>
  );
}

function MailForm({ pk }: { readonly pk: string }): ReactNode {
  const [email, setEmail] = useState('');
  const [locale, setLocale] = useState<string>(currentLanguage());
  const client = useQueryClient();
  const { mutate, isPending, isSuccess, error, variables } = useMutation({
    mutationFn: (address: string) =>
      done(
        api.POST('/stages/invitation/invitations/{invite_uuid}/send_email/', {
          params: { path: { invite_uuid: pk } },
          body: { email: address, locale },
        }),
      ),
    onSuccess: () => {
      setEmail('');
      void client.invalidateQueries({ queryKey: ['mails'] });
    },
  });
  const problems = error === null ? undefined : problemsOf(error, (name) => name === 'email', t('state.unreachable'));
  return (
    <form
      className="panel-text invitation-mail"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        mutate(email.trim());
      }}
    >
      <TextInput
        type="email"
        label={t('invitations.mailTo')}
        description={t('invitations.mailText')}
        autoComplete="off"
        value={email}
        error={problems?.fields['email']?.join(' ')}
        onChange={({ currentTarget }) => setEmail(currentTarget.value)}
      />
      <NativeSelect
        label={t('invitations.mailLanguage')}
        value={locale}
        onChange={({ currentTarget }) => setLocale(currentTarget.value)}
        data={Object.entries(languageNames).map(([value, label]) => ({ value, label }))}
      />
      <Button type="submit" variant="default" loading={isPending} disabled={email.trim() === ''}>
        {t('invitations.mailSend')}
      </Button>
      <p role="status">
        {isSuccess && t('invitations.mailed', { address: variables })}
        {problems?.general.join(' ')}
      </p>
    </form>
  );
}
