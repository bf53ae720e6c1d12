import type { ReactNode } from 'react';

import type { Schema } from '../api/client';
import { choiceLabel } from '../parts/form/field';

const tones = { notice: 'queued', warning: 'warning', alert: 'failed' } as const;

/** How grave an event is to a rule. */
export function Severity({
  severity = 'notice',
}: {
  readonly severity?: Schema<'SeverityEnum'> | undefined;
}): ReactNode {
  return (
    <span className="state" data-state={tones[severity]}>
      {choiceLabel(severity)}
    </span>
  );
}
