import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import type { Schema } from '../api/client';
import { numberText, shareText } from '../overview/words';
import { t } from '../texts/texts';
import { type FigurePeriod, figurePeriods } from './queries';

interface RunFiguresProps {
  readonly flow: Schema<'Flow'>;
  readonly figures: Schema<'FlowStatistics'> | undefined;
  readonly period: FigurePeriod;
}

/** How many runs started and finished in a period that is chosen here. */
export function RunFigures({ flow: { slug }, figures, period }: RunFiguresProps): ReactNode {
  return (
    <div className="run-figures">
      <nav className="tabs" aria-label={t('flows.period')}>
        {figurePeriods.map((each) => (
          <Link
            key={each}
            to="/flows/$slug"
            params={{ slug }}
            search={{ since: each === 'week' ? undefined : each }}
            activeOptions={{ explicitUndefined: true }}
            aria-current={each === period ? 'page' : undefined}
            className="tab"
            replace
          >
            {each === 'month' ? t('flows.month') : t(`mails.${each}`)}
          </Link>
        ))}
      </nav>
      {figures !== undefined && (
        <p className="row-soft">
          {figures.started === 0
            ? t('flows.noRuns')
            : [
                t('flows.started', { count: numberText(figures.started) }),
                t('flows.finished', {
                  count: numberText(figures.finished),
                  percent: shareText(figures.finished / figures.started),
                }),
              ].join(' · ')}
        </p>
      )}
    </div>
  );
}

interface StepFiguresProps {
  readonly figures: Schema<'FlowStepStatistics'>;
  /** Runs that started. */
  readonly started: number;
  /** More leave at this step than at any other. */
  readonly isMost: boolean;
}

/** How many of the runs reached a step, passed it and left there. */
export function StepFigures({ figures: { reached, passed, left }, started, isMost }: StepFiguresProps): ReactNode {
  if (started === 0) return null;
  return (
    <span className="step-figures" data-most={isMost}>
      <svg className="step-bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
        <rect className="step-bar-passed" width={share(passed, started)} height="1" />
        <rect className="step-bar-left" x={share(passed, started)} width={share(left, started)} height="1" />
      </svg>
      <span className="row-soft">
        {t('flows.passedOf', { passed: numberText(passed), reached: numberText(reached) })}
        {left > 0 && ' · '}
        {left > 0 && (
          <span className="step-left">
            {t('flows.left', { count: numberText(left), percent: shareText(left / reached) })}
          </span>
        )}
        {isMost && <span className="step-most">{t('flows.mostLeave')}</span>}
      </span>
    </span>
  );
}

/** Returns the binding where most leave; undefined if nobody does. */
export function worstStep(figures: Schema<'FlowStatistics'> | undefined): string | undefined {
  const most = Math.max(0, ...(figures?.steps ?? []).map(({ left }) => left));
  return most === 0 ? undefined : figures?.steps.find(({ left }) => left === most)?.binding;
}

function share(part: number, of: number): number {
  return Math.min(100, (100 * part) / of);
}
