import type { ReactNode } from 'react';

import type { Schema } from '../api/client';
import { t } from '../texts/texts';

const tones = {
  successful: 'good',
  warning: 'warning',
  error: 'failed',
  orphaned: 'warning',
  unknown: 'none',
} as const;

/** The result of the last application, in words and a colour. */
export function Status({ blueprint }: { readonly blueprint: Schema<'BlueprintInstance'> }): ReactNode {
  const { status, enabled } = blueprint;
  if (enabled === false) return <span className="state">{t('blueprints.disabled')}</span>;
  return (
    <span className="state" data-state={tones[status]}>
      {t(`blueprints.${status}`)}
    </span>
  );
}
