import { Button } from '@mantine/core';
import { type ReactNode, useState } from 'react';

import { Dialog } from './dialog';

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
export function Confirmed({ label, icon, question, ...dialog }: ConfirmedProps): ReactNode {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button variant="default" leftSection={icon} onClick={() => setOpen(true)}>
        {label}
      </Button>
      <Dialog {...dialog} title={question} label={label} isOpen={isOpen} close={() => setOpen(false)} />
    </>
  );
}
