import { Alert, Button, Group, Modal } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';

import { t } from '../texts/texts';

interface ConfirmedProps {
  /** Label of the button, and of the one that confirms. */
  readonly label: string;
  readonly icon: ReactNode;
  readonly question: string;
  /** What follows. */
  readonly text: string;
  readonly isDangerous?: boolean;
  readonly act: () => Promise<unknown>;
  readonly done: () => void;
}

/** A button whose action is confirmed first. If it fails, the question stays and says why. */
export function Confirmed({ label, icon, question, text, isDangerous, act, done }: ConfirmedProps): ReactNode {
  const [isOpen, setOpen] = useState(false);
  const { mutate, isPending, error, reset } = useMutation({
    mutationFn: act,
    onSuccess: () => {
      setOpen(false);
      done();
    },
  });
  const close = (): void => {
    setOpen(false);
    reset();
  };
  return (
    <>
      <Button variant="default" leftSection={icon} onClick={() => setOpen(true)}>
        {label}
      </Button>
      <Modal opened={isOpen} onClose={close} title={question} closeButtonProps={{ 'aria-label': t('action.cancel') }}>
        <p className="wraps">{text}</p>
        {error !== null && (
          <Alert color="red" mt="md" role="alert">
            {t('action.failed', { reason: error.message || t('state.unreachable') })}
          </Alert>
        )}
        <Group justify="flex-end" mt="lg" gap="xs">
          <Button variant="default" onClick={close}>
            {t('action.cancel')}
          </Button>
          <Button color={isDangerous === true ? 'red' : 'brand'} loading={isPending} onClick={() => mutate()}>
            {label}
          </Button>
        </Group>
      </Modal>
    </>
  );
}
