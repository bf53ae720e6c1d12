import { Alert, Button, Group, Modal, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';

import { t } from '../texts/texts';

interface DialogProps {
  readonly title: string;
  readonly text?: string;
  /** Label of the button that acts. */
  readonly label: string;
  readonly isOpen: boolean;
  readonly close: () => void;
  readonly act: () => Promise<unknown>;
  readonly done?: () => void;
  readonly isDangerous?: boolean;
  /** Nothing can be done yet. */
  readonly isDisabled?: boolean;
  /** The name that is to be typed before. */
  readonly typed?: string | undefined;
  readonly children?: ReactNode;
}

/** A dialog with one action, opened from elsewhere. If the action fails, it stays and says why. */
export function Dialog(props: DialogProps): ReactNode {
  const {
    title,
    text,
    label,
    isOpen,
    close,
    act,
    done,
    isDangerous = false,
    isDisabled = false,
    typed,
    children,
  } = props;
  const [name, setName] = useState('');
  const { mutate, isPending, error, reset } = useMutation({
    mutationFn: act,
    onSuccess: () => {
      leave();
      done?.();
    },
  });
  const leave = (): void => {
    setName('');
    reset();
    close();
  };
  const mayAct = !isDisabled && (typed === undefined || name.trim() === typed);
  return (
    <Modal opened={isOpen} onClose={leave} title={title} closeButtonProps={{ 'aria-label': t('action.cancel') }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (mayAct) mutate();
        }}
      >
        {text !== undefined && <p className="wraps">{text}</p>}
        {typed !== undefined && (
          <TextInput
            mt="md"
            label={t('action.typeName', { name: typed })}
            value={name}
            autoComplete="off"
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          />
        )}
        {children}
        {error !== null && (
          <Alert color="red" mt="md" role="alert">
            {t('action.failed', { reason: error.message || t('state.unreachable') })}
          </Alert>
        )}
        <Group justify="flex-end" mt="lg" gap="xs">
          <Button variant="default" onClick={leave}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" color={isDangerous ? 'red' : 'brand'} disabled={!mayAct} loading={isPending}>
            {label}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
