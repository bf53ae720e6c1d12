import type { ReactNode } from 'react';

import type { Schema } from '../api/client';
import { Icon, type IconName } from '../parts/icon';
import { Moment } from '../parts/moment';
import { currentFormats, t } from '../texts/texts';
import { reasonOf } from './explain';

type Attempt = Schema<'DeliveryAttempt'>;

const icons: Readonly<Record<NonNullable<Attempt['outcome']>, IconName>> = {
  accepted: 'check',
  captured: 'check',
  deferred: 'clock',
  refused: 'cross',
  interrupted: 'alert',
};

/** The attempts of a mail, the newest first, each with what the server replied. */
export function Timeline({ mail }: { readonly mail: Schema<'MailMessageDetail'> }): ReactNode {
  if (mail.timeline.length === 0) return <p className="panel-text">{t('mailPage.noAttempts')}</p>;
  return (
    <ol className="timeline" reversed>
      {mail.next_attempt !== null && mail.state === 'retrying' && (
        <li className="step" data-outcome="next">
          <span className="step-mark">
            <Icon name="repeat" size={14} />
          </span>
          <p className="step-title">{t('mailPage.next', { time: '' }).trim()}</p>
          <p className="step-facts">
            <Moment time={mail.next_attempt} />
          </p>
        </li>
      )}
      {mail.timeline.toReversed().map((attempt) => (
        <Step key={attempt.number} attempt={attempt} />
      ))}
    </ol>
  );
}

function Step({ attempt }: { readonly attempt: Attempt }): ReactNode {
  const { number, outcome, started, code, reply, server, tls, provider } = attempt;
  const reason = reasonOf(attempt);
  const facts = [
    t('mailPage.attempt', { number }),
    server,
    outcome === 'captured' || server === '' ? '' : (tls ?? (provider === 'smtp' ? t('mailPage.noTls') : '')),
    durationOf(attempt),
  ].filter((fact) => fact !== '');
  return (
    <li className="step" data-outcome={outcome ?? 'running'}>
      <span className="step-mark">
        <Icon name={outcome === null ? 'clock' : icons[outcome]} size={14} />
      </span>
      <p className="step-title">
        {t(outcome === null ? 'mailPage.inProgress' : `mailPage.${outcome}`)}
        <span className="step-time">
          <Moment time={started} />
        </span>
      </p>
      <p className="step-facts" dir="auto">
        {facts.join(' · ')}
      </p>
      {reason !== '' && (
        <p className="step-reason" dir="auto">
          {reason}
        </p>
      )}
      {(reply !== '' || code !== null) && (
        <p className="reply" aria-label={t('mailPage.reply')} role="note" dir="auto">
          {code !== null && <b>{code}</b>} {reply}
        </p>
      )}
    </li>
  );
}

function durationOf({ started, ended }: Attempt): string {
  if (ended === null) return '';
  const milliseconds = Date.parse(ended) - Date.parse(started);
  const [value, unit] = milliseconds < 1000 ? [milliseconds, 'millisecond'] : [milliseconds / 1000, 'second'];
  const format = { style: 'unit', unit, maximumFractionDigits: 1 } as const;
  return t('mailPage.took', { duration: new Intl.NumberFormat(currentFormats(), format).format(value) });
}
