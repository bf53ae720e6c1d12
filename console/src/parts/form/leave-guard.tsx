import { Button, Group, Modal } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef } from 'react';

import { t } from '../../texts/texts';

/** Asks before changes that are not saved are lost: by a link, by the back button, or with the page. */
export function LeaveGuard({ isChanged }: { readonly isChanged: boolean }): ReactNode {
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
      <p>{t('form.leaveText')}</p>
      <Group justify="flex-end" mt="lg" gap="xs">
        <Button variant="default" onClick={() => reset?.()}>
          {t('form.stay')}
        </Button>
        <Button color="red" onClick={() => proceed?.()}>
          {t('form.leave')}
        </Button>
      </Group>
    </Modal>
  );
}
