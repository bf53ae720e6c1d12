import { type ReactNode, useState } from 'react';

import { contentOf, type Schema } from '../api/client';
import { Icon } from '../parts/icon';
import { catalogHas, t, type TextKey } from '../texts/texts';
import { Check, Findings } from './check';
import { readCheck, type Step } from './check-steps';

/** Asks the API for a check step by step. */
export const asEvents = { headers: { accept: 'text/event-stream' }, parseAs: 'stream' } as const;

interface ServerCheckProps {
  readonly name: string;
  /** Starts the check, with `asEvents`. */
  readonly check: () => Promise<{ data?: ReadableStream<Uint8Array<ArrayBuffer>> | null; response: Response }>;
  readonly beside?: ReactNode;
  /** As of `Check`. */
  readonly due?: number | undefined;
}

/** Checks a mail server: each step with its duration as it ends, the verdict, and what was said. */
export function ServerCheck({ name, check, beside, due }: ServerCheckProps): ReactNode {
  const [steps, setSteps] = useState<readonly Step[]>([]);
  const run = async (): Promise<Schema<'EmailStageCheck'>> => {
    setSteps([]);
    const events = await contentOf(check());
    if (events === null) throw new Error('');
    return readCheck(events, (step) => setSteps((before) => [...before, step]));
  };
  return (
    <Check name={name} check={run} beside={beside} due={due} progress={<Steps steps={steps} />}>
      {({ ok, verdict, steps: all, sender, transcript }) => (
        <>
          <p className="sender-verdict" data-tone={ok ? (isFlawless(all, sender) ? 'good' : 'warning') : 'bad'}>
            {verdict}
          </p>
          <Steps steps={all} />
          <Findings findings={sender} />
          {transcript.length > 0 && (
            <details className="transcript">
              <summary>
                <Icon name="next" />
                {t('stages.transcript')}
              </summary>
              <pre tabIndex={0}>{transcript.join('\n')}</pre>
            </details>
          )}
        </>
      )}
    </Check>
  );
}

/** Whether mails are encrypted and nothing about the sender is wrong. */
function isFlawless(steps: readonly Step[], sender: readonly Schema<'SenderFinding'>[]): boolean {
  const isPlain = steps.some(({ name }) => name === 'ehlo') && !steps.some(({ name, ok }) => name === 'tls' && ok);
  return !isPlain && sender.every(({ level }) => level !== 'warning' && level !== 'error');
}

function Steps({ steps }: { readonly steps: readonly Step[] }): ReactNode {
  return (
    <ul className="findings">
      {steps.map((step, index) => (
        <li key={`${index} ${step.name}`}>
          <span className="state" data-state={step.ok ? 'good' : 'failed'}>
            {wordOf(step.name)}
            <span className="unseen">{`: ${t(step.ok ? 'senders.level.ok' : 'senders.level.error')}`}</span>
          </span>
          <span dir="auto">
            {step.detail} <span className="row-soft">{t('stages.ms', { count: step.milliseconds })}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Returns what a step is, in words. */
function wordOf(step: string): string {
  const key = `check.${step}`;
  return catalogHas(key) ? t(key as TextKey) : step;
}
