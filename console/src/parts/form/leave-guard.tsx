import { Button, Group, Modal } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef } from 'react';

import { t } from '../../texts/texts';

interface LeaveGuardProps {
  readonly isChanged: boolean;
  /** What becomes of the changes, if they are not lost. */
  readonly kept?: string;
}

/** Asks before changes that are not saved are left: by a link, by the back button, or with the page. */
export function LeaveGuard({ isChanged, kept }: LeaveGuardProps): ReactNode {
  const changed = useRef(isChanged);
  useEffect(() => {
    changed.current = isChanged;
  }, [isChanged]);
  const { proceed, reset, status } = useBlocker({
    // Filters in the address leave the form where it is.
    shouldBlockFn: ({ current, next }) => changed.current && current.pathname !== next.pathname,
    enableBeforeUnload: () => changed.current,
    withResolver: true,
  });
  return (
    <Modal
      opened={status === 'blocked'}
      onClose={() => reset?.()}
      title={t('form.leaveAsk')}
      closeButtonProps={{ 'aria-label': t('action.cancel') }}
    >
      <p>{kept ?? t('form.leaveText')}</p>
      <Group justify="flex-end" mt="lg" gap="xs">
        <Button variant="default" onClick={() => reset?.()}>
          {t('form.stay')}
        </Button>
        <Button color={kept === undefined ? 'red' : 'brand'} onClick={() => proceed?.()}>
          {t('form.leave')}
        </Button>
      </Group>
    </Modal>
  );
}
