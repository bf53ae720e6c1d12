import { Button, Modal } from '@mantine/core';
import { type ReactNode, useState } from 'react';

import { t } from '../../texts/texts';
import { Icon } from '../icon';
import { ResourceForm, type ResourceFormProps } from './resource-form';

type FormProps<Result> = Pick<
  ResourceFormProps<Result>,
  'action' | 'request' | 'initial' | 'layout' | 'save' | 'saved'
> & {
  readonly title: string;
};

interface FormDialogProps<Result> extends FormProps<Result> {
  readonly isOpen: boolean;
  readonly close: () => void;
}

/** A dialog with the form of a new object. It closes when the object is stored. */
export function FormDialog<Result>({
  isOpen,
  close,
  title,
  action = t('form.create'),
  saved,
  ...form
}: FormDialogProps<Result>): ReactNode {
  return (
    <Modal
      opened={isOpen}
      onClose={close}
      title={title}
      closeButtonProps={{ 'aria-label': t('action.cancel') }}
      size="lg"
    >
      <ResourceForm
        {...form}
        label={title}
        action={action}
        saved={(result) => {
          close();
          saved(result);
        }}
        cancel={close}
      />
    </Modal>
  );
}

/** A button that opens the form of a new object. */
export function NewButton<Result>(props: FormProps<Result>): ReactNode {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button leftSection={<Icon name="add" />} onClick={() => setOpen(true)}>
        {props.title}
      </Button>
      <FormDialog {...props} isOpen={isOpen} close={() => setOpen(false)} />
    </>
  );
}
