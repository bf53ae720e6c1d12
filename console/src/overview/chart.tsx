import type { ReactNode } from 'react';

import type { Schema } from '../api/client';
import { currentFormats, t } from '../texts/texts';
import { durationText, numberText } from './words';

type Interval = Schema<'MailStatisticsInterval'>;

/** What a bar is made of, from its foot. */
const parts = ['sent', 'waiting', 'failed'] as const;

/** Height of the drawing. Its width is the number of intervals: the page stretches it. */
const height = 100;

interface ChartProps {
  readonly intervals: readonly Interval[];
  /** Length of an interval in seconds. */
  readonly interval: number;
}

/** Mails by time, one bar for each interval. The numbers are in the figures and tables: the drawing is an image of them. */
export function Chart({ intervals, interval }: ChartProps): ReactNode {
  const sums = intervals.map(({ sent, waiting, failed }) => sent + waiting + failed);
  const highest = Math.max(1, ...sums);
  const perMinute = Math.max(...sums) / (interval / 60);
  const rate = new Intl.NumberFormat(currentFormats(), { maximumFractionDigits: perMinute < 10 ? 1 : 0 }).format(
    perMinute,
  );
  const summary = t('overview.chartText', { rate, interval: durationText(interval) });
  return (
    <figure className="chart">
      <svg viewBox={`0 0 ${intervals.length} ${height}`} preserveAspectRatio="none" role="img" aria-label={summary}>
        {intervals.map((figures, index) => (
          <Bar key={figures.time} figures={figures} at={index} scale={height / highest} />
        ))}
      </svg>
      <figcaption className="chart-foot">
        <span>{summary}</span>
        {parts.map((part) => (
          <span key={part} className="chart-key" data-part={part}>
            {t(`overview.part.${part}`)}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

function Bar({
  figures,
  at,
  scale,
}: {
  readonly figures: Interval;
  readonly at: number;
  readonly scale: number;
}): ReactNode {
  const time = new Intl.DateTimeFormat(currentFormats(), { dateStyle: 'short', timeStyle: 'short' });
  let foot = height;
  return (
    <g>
      <title>
        {[
          time.format(new Date(figures.time)),
          ...parts.map((part) => `${t(`overview.part.${part}`)}: ${numberText(figures[part])}`),
        ].join(' · ')}
      </title>
      <rect className="chart-ground" x={at} y={0} width={1} height={height} />
      {parts.map((part) => {
        const size = figures[part] * scale;
        foot -= size;
        return size > 0 && <rect key={part} data-part={part} x={at + 0.1} y={foot} width={0.8} height={size} />;
      })}
    </g>
  );
}
