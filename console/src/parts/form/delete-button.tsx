import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useId, useState } from 'react';

import type { Schema } from '../../api/client';
import { t } from '../../texts/texts';
import { Dialog } from '../dialog';
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
      <Dialog
        title={t('form.deleteAsk', { name })}
        label={action}
        isOpen={isOpen}
        isDangerous
        isDisabled={uses.isPending}
        close={() => setOpen(false)}
        act={remove}
        done={removed}
      >
        <Loaded query={uses} lines={2}>
          {(users) => <Uses uses={users} />}
        </Loaded>
      </Dialog>
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
