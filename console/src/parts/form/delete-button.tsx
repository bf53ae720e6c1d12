import { Alert, Button, Group, Modal } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type ReactNode, useId, useState } from 'react';

import type { Schema } from '../../api/client';
import { t } from '../../texts/texts';
import { Icon } from '../icon';
import { Loaded } from '../states';

interface DeleteButtonProps {
  /** Name of the object. */
  readonly name: string;
  /** Label of the button, for lists with several. */
  readonly label?: string;
  /** What the button says; "Delete" by default. */
  readonly action?: string;
  /** Reads what uses the object, if the API says so. */
  readonly usedBy?: () => Promise<Schema<'UsedBy'>[]>;
  readonly remove: () => Promise<void>;
  readonly removed: () => void;
}

/** Deletes an object, after it has shown what uses it and what becomes of that. */
export function DeleteButton({
  name,
  label,
  action = t('form.delete'),
  usedBy,
  remove,
  removed,
}: DeleteButtonProps): ReactNode {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const uses = useQuery({
    queryKey: ['used by', id],
    queryFn: () => (usedBy === undefined ? [] : usedBy()),
    enabled: isOpen,
    staleTime: 0,
    gcTime: 0,
  });
  const { mutate, isPending, error, reset } = useMutation({
    mutationFn: remove,
    onSuccess: () => {
      setOpen(false);
      removed();
    },
  });
  const close = (): void => {
    setOpen(false);
    reset();
  };
  return (
    <>
      <Button
        variant="default"
        leftSection={<Icon name="bin" />}
        aria-label={label ?? action}
        onClick={() => setOpen(true)}
      >
        {action}
      </Button>
      <Modal
        opened={isOpen}
        onClose={close}
        title={t('form.deleteAsk', { name })}
        closeButtonProps={{ 'aria-label': t('action.cancel') }}
      >
        <Loaded query={uses} lines={2}>
          {(users) => <Uses uses={users} />}
        </Loaded>
        {error !== null && (
          <Alert color="red" mt="md" role="alert">
            {t('action.failed', { reason: error.message || t('state.unreachable') })}
          </Alert>
        )}
        <Group justify="flex-end" mt="lg" gap="xs">
          <Button variant="default" onClick={close}>
            {t('action.cancel')}
          </Button>
          <Button color="red" loading={isPending} disabled={uses.isPending} onClick={() => mutate()}>
            {action}
          </Button>
        </Group>
      </Modal>
    </>
  );
}

/** What uses an object, and what happens to each. */
function Uses({ uses }: { readonly uses: readonly Schema<'UsedBy'>[] }): ReactNode {
  if (uses.length === 0) return <p>{t('form.unused')}</p>;
  return (
    <>
      <p>{t('form.usedBy')}</p>
      <ul className="uses">
        {uses.map(({ app, model_name, pk, name, action }) => (
          <li key={`${app}.${model_name}.${pk}`}>
            <span dir="auto">{name}</span>
            <span className="row-soft">{t(action.startsWith('cascade') ? 'form.isDeleted' : 'form.losesIt')}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
