import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { Icon } from '../parts/icon';
import { t } from '../texts/texts';
import { MailState } from './mail-state';
import { mailQuery } from './queries';

/** The state of a mail that was just sent, as it changes, with what the server replied, or that no server got it. */
export function FollowedMail({ pk }: { readonly pk: string }): ReactNode {
  const mail = useQuery(mailQuery(pk)).data;
  const reply = mail?.timeline.at(-1)?.reply ?? '';
  return (
    <>
      <p className="test-sent">
        {mail === undefined ? t('stages.testQueued') : <MailState state={mail.state} />}{' '}
        <Link to="/mails/$pk" params={{ pk }} className="text-link">
          {t('stages.openMail')}
        </Link>
        {reply !== '' && mail?.state !== 'captured' && (
          <span className="row-soft wraps" dir="auto">
            {reply}
          </span>
        )}
      </p>
      {mail?.state === 'captured' && (
        <p>
          {t('why.captured')}{' '}
          <a href={`/dev/mailbox/${pk}/`} className="text-link inline">
            {t('mailPage.openMailbox')} <Icon name="open" size={14} />
          </a>
        </p>
      )}
    </>
  );
}
