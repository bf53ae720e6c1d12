import type { ReactNode } from 'react';

import type { Schema } from '../api/client';
import { t } from '../texts/texts';

const tones = { delivered: 'sent', failed: 'failed', pending: 'queued' } as const;

/** The state of a delivery, in words and a colour. */
export function DeliveryState({ state }: { readonly state: Schema<'WebhookDeliveryStateEnum'> }): ReactNode {
  return (
    <span className="state" data-state={tones[state]}>
      {t(`webhooks.${state}`)}
    </span>
  );
}
