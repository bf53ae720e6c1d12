import { Alert, Button, Group, Modal, Progress } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';

import { api, contentOf } from '../api/client';
import { Icon } from '../parts/icon';
import { counted, t } from '../texts/texts';
import type { MailFilter } from './queries';

/** Which mails an action concerns. */
export type BulkFilter = Omit<MailFilter, 'ordering' | 'page' | 'page_size'>;

type Action = 'requeue' | 'discard';

/** The actions that can change a mail in a state of the list's filter. */
const possible: Readonly<Record<string, readonly Action[]>> = {
  '': ['requeue', 'discard'],
  waiting: ['requeue', 'discard'],
  failed: ['requeue'],
  discarded: ['requeue'],
};

interface BulkActionsProps {
  /** The filter at this time. */
  readonly filter: () => BulkFilter;
  /** State that the list shows. */
  readonly state: string | undefined;
  /** Whether the buttons are shown. A dialog stays: what it did may have emptied the list. */
  readonly isShown: boolean;
}

/** Buttons for all mails that match, on every page of the list. */
export function BulkActions({ filter, state, isShown }: BulkActionsProps): ReactNode {
  const [open, setOpen] = useState<{ readonly action: Action; readonly filter: BulkFilter }>();
  return (
    <>
      {(isShown ? (possible[state ?? ''] ?? []) : []).map((action) => (
        <Button
          key={action}
          variant="default"
          leftSection={<Icon name={action === 'requeue' ? 'repeat' : 'bin'} />}
          onClick={() => setOpen({ action, filter: filter() })}
        >
          {t(`bulk.${action}`)}
        </Button>
      ))}
      {open !== undefined && <Dialog {...open} close={() => setOpen(undefined)} />}
    </>
  );
}

interface DialogProps {
  readonly action: Action;
  readonly filter: BulkFilter;
  readonly close: () => void;
}

/** Says how many mails are changed, asks, and shows how many are done. The service goes on if the visitor leaves. */
function Dialog({ action, filter, close }: DialogProps): ReactNode {
  const client = useQueryClient();
  const path = `/mail/messages/${action}/` as const;
  const params = { query: filter };
  const {
    mutate,
    isPending,
    data: done,
    error,
  } = useMutation({
    mutationFn: (expected: number) => contentOf(api.POST(path, { params, body: { expected } })),
    onSettled: () => client.invalidateQueries({ queryKey: ['mails'] }),
  });
  const left = useQuery({
    queryKey: ['bulk', action, filter],
    queryFn: () => contentOf(api.GET(path, { params })),
    refetchInterval: isPending ? 1_000 : false,
    gcTime: 0,
  });
  const [total, setTotal] = useState<number>();
  const count = total ?? left.data?.count;
  const start = (): void => {
    setTotal(count);
    mutate(count ?? 0);
  };
  const problem = error ?? left.error;
  return (
    <Modal opened onClose={close} title={t(`bulk.${action}`)} closeButtonProps={{ 'aria-label': t('bulk.close') }}>
      <div role="status">
        {done !== undefined ? (
          <p>{counted(`bulk.${action}Done`, done.count)}</p>
        ) : (
          count !== undefined && <p>{count === 0 ? t(`bulk.${action}None`) : counted(`bulk.${action}Text`, count)}</p>
        )}
      </div>
      {isPending && count !== undefined && <Running count={count} left={left.data?.count ?? count} />}
      {problem !== null && (
        <Alert color="red" mt="md" role="alert">
          {t('action.failed', { reason: problem.message || t('state.unreachable') })}
        </Alert>
      )}
      <Group justify="flex-end" mt="lg" gap="xs">
        <Button variant="default" onClick={close}>
          {t(isPending || done !== undefined ? 'bulk.close' : 'action.cancel')}
        </Button>
        {done === undefined && count !== 0 && (
          <Button
            color={action === 'discard' ? 'red' : 'brand'}
            loading={isPending || count === undefined}
            onClick={start}
          >
            {t(`bulk.${action}`)}
          </Button>
        )}
      </Group>
    </Modal>
  );
}

function Running({ count, left }: { readonly count: number; readonly left: number }): ReactNode {
  const done = Math.max(0, count - left);
  return (
    <>
      <Progress mt="md" value={(100 * done) / count} aria-label={t('bulk.progress', { done, count })} />
      <p className="panel-foot">
        {t('bulk.progress', { done, count })} · {t('bulk.leave')}
      </p>
    </>
  );
}
