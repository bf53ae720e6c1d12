import { Alert, Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';

import { FollowedMail } from '../mails/followed-mail';
import { problemsOf } from '../parts/form/problems';
import { useSession } from '../session';
import { t } from '../texts/texts';

interface TestMailProps {
  readonly send: (to: string) => Promise<{ readonly message: string }>;
}

/** Sends a test mail to the visitor or another address, and follows what becomes of it. */
export function TestMail({ send }: TestMailProps): ReactNode {
  const { user, can } = useSession();
  const [to, setTo] = useState(user.email ?? '');
  const { mutate, isPending, data, error } = useMutation({ mutationFn: send });
  const problems = error === null ? undefined : problemsOf(error, (name) => name === 'to', t('state.unreachable'));
  return (
    <form
      className="test-mail"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        mutate(to);
      }}
    >
      <TextInput
        type="email"
        label={t('stages.testTo')}
        value={to}
        error={problems?.fields['to']?.join(' ')}
        onChange={({ currentTarget }) => setTo(currentTarget.value)}
      />
      <Button type="submit" variant="default" loading={isPending}>
        {t('stages.test')}
      </Button>
      <div role="status">
        {problems !== undefined && problems.general.length > 0 && (
          <Alert color="red">{t('action.failed', { reason: problems.general.join(' ') })}</Alert>
        )}
        {data !== undefined && (can('view_mailmessage') ? <FollowedMail pk={data.message} /> : t('stages.testQueued'))}
      </div>
    </form>
  );
}
