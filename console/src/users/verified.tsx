import type { ReactNode } from 'react';

import { t } from '../texts/texts';

/** Whether an address is verified, in words and a colour. */
export function Verified({ isVerified }: { readonly isVerified: boolean }): ReactNode {
  return (
    <span className="state" data-state={isVerified ? 'good' : 'warning'}>
      {t(isVerified ? 'users.verified' : 'users.unverified')}
    </span>
  );
}
