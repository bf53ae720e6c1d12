import { Button, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';

import { api, done, type Schema } from '../api/client';
import { FollowedMail } from '../mails/followed-mail';
import { mailsQuery } from '../mails/queries';
import { problemsOf } from '../parts/form/problems';
import { Panel } from '../parts/page';
import { useSession } from '../session';
import { currentLanguage, t } from '../texts/texts';
import { LanguageSelect } from './language-select';

/** Mails an invitation, in a language that the administrator chooses. */
export function MailPanel({ invitation }: { readonly invitation: Schema<'Invitation'> }): ReactNode {
  return (
    <Panel title={t('invitations.mail')}>
      {invitation.flow_obj === null ? (
        <p className="panel-text">{t('invitations.mailNoFlow')}</p>
      ) : (
        <MailForm invitation={invitation} />
      )}
    </Panel>
  );
}

function MailForm({ invitation }: { readonly invitation: Schema<'Invitation'> }): ReactNode {
  const { pk } = invitation;
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
      for (const key of ['mails', 'invitation', 'invitations']) void client.invalidateQueries({ queryKey: [key] });
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
      <LanguageSelect value={locale} change={setLocale} />
      <Button type="submit" variant="default" loading={isPending} disabled={email.trim() === ''}>
        {t('invitations.mailSend')}
      </Button>
      <p role="status">
        {isSuccess && t('invitations.mailed', { address: variables })}
        {problems?.general.join(' ')}
      </p>
      {invitation.mailed_to !== null && <LastMail address={invitation.mailed_to} />}
    </form>
  );
}

/** What became of the last mail with the invitation. */
function LastMail({ address }: { readonly address: string }): ReactNode {
  const { can } = useSession();
  const filter = { recipient: address, template: 'email/invitation.html', ordering: '-created', page_size: 1 };
  const mails = useQuery({
    ...mailsQuery(() => filter, ['invitation', address]),
    enabled: can('view_mailmessage'),
  });
  const [mail] = mails.data?.results ?? [];
  return (
    <div className="last-mail">
      <p>{t('invitations.lastMail', { address })}</p>
      {mail !== undefined && <FollowedMail pk={mail.pk} />}
    </div>
  );
}
