import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import type { Schema } from '../api/client';
import { Moment } from '../parts/moment';
import { counted, t } from '../texts/texts';
import { MailState } from './mail-state';

interface MailRowsProps {
  readonly label: string;
  readonly mails: readonly Schema<'MailMessage'>[];
}

/** Mails, one a line. */
export function MailRows({ label, mails }: MailRowsProps): ReactNode {
  return (
    <ul className="rows" aria-label={label}>
      {mails.map((mail) => (
        <li key={mail.pk}>
          <MailRow mail={mail} />
        </li>
      ))}
    </ul>
  );
}

interface MailRowProps {
  readonly mail: Schema<'MailMessage'>;
  /** Name of the stage that sent the mail; undefined leaves the column out. */
  readonly stageName?: string;
}

export function MailRow({ mail, stageName }: MailRowProps): ReactNode {
  return (
    <Link to="/mails/$pk" params={{ pk: mail.pk }} className="row mail-row">
      <MailState state={mail.state} />
      <span className="mail-row-text">
        <span className="row-main" dir="auto">
          {mail.recipient}
        </span>
        <span className="row-soft" dir="auto">
          {mail.subject === '' ? t('mails.noSubject') : mail.subject}
        </span>
        {mail.reason !== '' && (
          <span className="row-reason" data-state={mail.state} dir="auto">
            {mail.reason}
          </span>
        )}
      </span>
      {stageName !== undefined && (
        <span className="row-extra">
          <span className="cut">{stageName}</span>
          {mail.attempts > 1 && <span>{counted('mails.attempts', mail.attempts)}</span>}
        </span>
      )}
      <span className="row-time">
        <Moment time={mail.created} />
      </span>
    </Link>
  );
}
