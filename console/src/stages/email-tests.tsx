import type { ReactNode } from 'react';

import { api, contentOf } from '../api/client';
import { Panel } from '../parts/page';
import { asEvents, ServerCheck } from '../senders/server-check';
import { TestMail } from '../senders/test-mail';
import { t } from '../texts/texts';

/** Shows whether the saved settings of an email stage work: without a mail, and with one. */
export function EmailTests({ pk, name }: { readonly pk: string; readonly name: string }): ReactNode {
  const params = { path: { stage_uuid: pk } };
  return (
    <Panel title={t('stages.tests')}>
      <div className="tests">
        <ServerCheck name={name} check={() => api.POST('/stages/email/{stage_uuid}/check/', { params, ...asEvents })} />
        <TestMail send={(to) => contentOf(api.POST('/stages/email/{stage_uuid}/test/', { params, body: { to } }))} />
      </div>
    </Panel>
  );
}
