import { Alert } from '@mantine/core';
import { type ReactNode, useState } from 'react';

import { Dialog } from '../parts/dialog';
import { t } from '../texts/texts';

/** Says that the editor has changes of an earlier visit, with a button that discards them. */
export function RestoredNote({ discard }: { readonly discard: () => void }): ReactNode {
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <Alert className="editor-note" role="status">
        {t('templates.restored')}{' '}
        <button type="button" className="text-link" onClick={() => setAsking(true)}>
          {t('templates.discard')}
        </button>
      </Alert>
      <Dialog
        title={t('templates.discardAsk')}
        text={t('form.leaveText')}
        label={t('form.undo')}
        isOpen={isAsking}
        isDangerous
        close={() => setAsking(false)}
        act={() => Promise.resolve()}
        done={discard}
      />
    </>
  );
}
