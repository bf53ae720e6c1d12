import type { ReactNode } from 'react';

import type { Schema } from '../api/client';
import { t } from '../texts/texts';
import { Check, Findings } from './check';

interface ServerCheckProps {
  readonly name: string;
  readonly check: () => Promise<Schema<'EmailStageCheck'>>;
  readonly beside?: ReactNode;
}

/** Checks a mail server: the verdict, each step with its duration, and what was said. */
export function ServerCheck({ name, check, beside }: ServerCheckProps): ReactNode {
  return (
    <Check name={name} check={check} beside={beside}>
      {({ ok, verdict, steps, sender, transcript }) => (
        <>
          <p className="sender-verdict" data-ok={ok}>
            {verdict}
          </p>
          <ul className="findings">
            {steps.map((step) => (
              <li key={step.name}>
                <span className="state" data-state={step.ok ? 'good' : 'failed'}>
                  {step.name}
                  <span className="unseen">{`: ${t(step.ok ? 'senders.level.ok' : 'senders.level.error')}`}</span>
                </span>
                <span dir="auto">
                  {step.detail} <span className="row-soft">{t('stages.ms', { count: step.milliseconds })}</span>
                </span>
              </li>
            ))}
          </ul>
          <Findings findings={sender} />
          {transcript.length > 0 && (
            <details className="transcript">
              <summary>{t('stages.transcript')}</summary>
              <pre tabIndex={0}>{transcript.join('\n')}</pre>
            </details>
          )}
        </>
      )}
    </Check>
  );
}
