import { Alert, Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { api, ApiProblem, contentOf } from '../api/client';
import { Icon } from '../parts/icon';
import { Panel } from '../parts/page';
import { t } from '../texts/texts';

/** Sends a notification to the visitor over a transport, and shows what became of it. */
export function TransportTest({ pk }: { readonly pk: string }): ReactNode {
  const client = useQueryClient();
  const { mutate, isPending, data, error } = useMutation({
    mutationFn: () => contentOf(api.POST('/events/transports/{uuid}/test/', { params: { path: { uuid: pk } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['notifications'] }),
  });
  return (
    <Panel title={t('stages.tests')}>
      <p className="panel-text">{t('notifications.testText')}</p>
      <div className="panel-text">
        <Button variant="default" leftSection={<Icon name="senders" />} loading={isPending} onClick={() => mutate()}>
          {t('notifications.test')}
        </Button>
      </div>
      {error !== null && (
        <Alert color="red" role="alert">
          {t('action.failed', { reason: reasonOf(error) })}
        </Alert>
      )}
      {data !== undefined && (
        <div className="panel-text" role="status">
          <span className="state" data-state="good">
            {t('notifications.tested')}
          </span>
          {data.messages
            .filter((message) => message !== '')
            .map((message) => (
              <p key={message} className="wraps" dir="auto">
                {message}
              </p>
            ))}
        </div>
      )}
    </Panel>
  );
}

/** A transport that fails is answered with its reason, a text. */
function reasonOf(error: Error): string {
  if (error instanceof ApiProblem && typeof error.body === 'string') return error.body;
  return error.message || t('state.unreachable');
}
