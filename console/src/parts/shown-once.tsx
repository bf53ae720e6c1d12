import { Button, Group, Modal } from '@mantine/core';
import type { ReactNode } from 'react';

import { t } from '../texts/texts';
import { Copy } from './copy';

interface ShownOnceProps {
  readonly title: string;
  /** What it is for, and that it is not shown again. */
  readonly text: string;
  /** What the value is, for its button. */
  readonly what: string;
  /** The secret; undefined shows nothing. */
  readonly value: string | undefined;
  readonly close: () => void;
}

/** Shows a secret that the service returns only once, until the visitor says that they have it. */
export function ShownOnce({ title, text, what, value, close }: ShownOnceProps): ReactNode {
  return (
    <Modal
      opened={value !== undefined}
      onClose={close}
      title={title}
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <p className="wraps">{text}</p>
      <p className="secret">
        <code dir="ltr">{value}</code>
        <Copy value={value ?? ''} what={what} />
      </p>
      <Group justify="flex-end" mt="lg">
        <Button onClick={close}>{t('action.haveIt')}</Button>
      </Group>
    </Modal>
  );
}
