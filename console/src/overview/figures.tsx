import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import type { Schema } from '../api/client';
import { distance } from '../parts/moment';
import { t } from '../texts/texts';
import type { Period } from './queries';
import { durationText, numberText, shareText } from './words';

interface FiguresProps {
  /** Undefined while they are loaded. */
  readonly figures: Schema<'MailStatistics'> | undefined;
  readonly period: Period;
}

/** The numbers of a period; each leads to its mails. */
export function Figures({ figures, period }: FiguresProps): ReactNode {
  const finished = (figures?.failed ?? 0) + (figures?.sent ?? 0);
  const oldest = figures?.oldest_waiting ?? null;
  return (
    <ul className="figures" aria-label={t('overview.mails')}>
      <Figure
        label={t('overview.waiting')}
        count={figures?.waiting}
        state="waiting"
        text={oldest === null ? t('overview.noneWaiting') : t('overview.oldest', { time: distance(oldest) })}
      />
      <Figure
        label={t('overview.failed')}
        count={figures?.failed}
        state="failed"
        since={period}
        text={
          figures !== undefined && finished > 0
            ? t('overview.share', { percent: shareText(figures.failed / finished) })
            : ''
        }
      />
      <Figure
        label={t('overview.sent')}
        count={figures === undefined ? undefined : figures.sent - figures.captured}
        state="sent"
        since={period}
        text=""
      />
      {figures !== undefined && figures.captured > 0 && (
        <Figure label={t('overview.captured')} count={figures.captured} state="captured" since={period} text="" />
      )}
      {figures !== undefined && figures.verifiable > 0 && (
        <li className="figure">
          <span className="figure-label">{t('overview.verified')}</span>
          <span className="figure-count">{shareText(figures.verified / figures.verifiable)}</span>
          <span className="figure-text">
            {figures.median_seconds === null
              ? ''
              : t('overview.median', { duration: durationText(figures.median_seconds) })}
          </span>
        </li>
      )}
    </ul>
  );
}

interface FigureProps {
  readonly label: string;
  readonly count: number | undefined;
  readonly state: string;
  readonly since?: string;
  readonly text: string;
}

function Figure({ label, count, state, since, text }: FigureProps): ReactNode {
  return (
    <li>
      <Link to="/mails" search={{ state, since }} className="figure" data-state={state} data-none={count === 0}>
        <span className="figure-label">{label}</span>
        <span className="figure-count">{count === undefined ? '–' : numberText(count)}</span>
        <span className="figure-text">{text}</span>
      </Link>
    </li>
  );
}
