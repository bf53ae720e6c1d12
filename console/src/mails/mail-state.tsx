import type { ReactNode } from 'react';

import type { Schema } from '../api/client';
import { t } from '../texts/texts';

/** The state of a mail, in words and a colour. */
export function MailState({ state }: { readonly state: Schema<'MailMessageStateEnum'> }): ReactNode {
  return (
    <span className="state" data-state={state}>
      {t(`mail.${state}`)}
    </span>
  );
}
