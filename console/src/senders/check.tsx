import { Alert, Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useEffect } from 'react';

import type { Schema } from '../api/client';
import { t } from '../texts/texts';

interface CheckProps<Result> {
  /** What is checked, for the label of the button. */
  readonly name: string;
  readonly check: () => Promise<Result>;
  /** Is shown while it checks. */
  readonly progress?: ReactNode;
  /** A button beside. */
  readonly beside?: ReactNode;
  /** How often a check is due without the button: it starts each time that the number grows. */
  readonly due?: number | undefined;
  readonly children: (result: Result) => ReactNode;
}

/** A button that checks something, and the result. */
export function Check<Result>({ name, check, progress, beside, due = 0, children }: CheckProps<Result>): ReactNode {
  const { mutate, isPending, data, error } = useMutation({ mutationFn: check });
  useEffect(() => {
    if (due > 0) mutate();
  }, [due, mutate]);
  return (
    <div className="sender-check">
      <div className="sender-buttons">
        <Button
          variant="default"
          loading={isPending}
          aria-label={t('senders.checkOf', { name })}
          onClick={() => mutate()}
        >
          {t('senders.check')}
        </Button>
        {beside}
      </div>
      <div role="status">
        {isPending && (
          <>
            <p className="check-text">{t('senders.checking')}</p>
            {progress}
          </>
        )}
        {error !== null && (
          <Alert color="red" mt="xs">
            {t('action.failed', { reason: error.message || t('state.unreachable') })}
          </Alert>
        )}
        {data !== undefined && !isPending && children(data)}
      </div>
    </div>
  );
}

const tones = { ok: 'good', warning: 'warning', error: 'failed', unknown: 'discarded' } as const;

/** What receivers will think of mails from a domain. */
export function Findings({ findings }: { readonly findings: readonly Schema<'SenderFinding'>[] }): ReactNode {
  return (
    <ul className="findings">
      {findings.map(({ check, level, message }) => (
        <li key={check + message}>
          <span className="state" data-state={tones[level]}>
            {check === 'domain' ? t('check.domain') : check.toUpperCase()}
            <span className="unseen">{`: ${t(`senders.level.${level}`)}`}</span>
          </span>
          <span dir="auto">{message}</span>
        </li>
      ))}
    </ul>
  );
}
