import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';

import { api, contentOf, type Schema } from '../api/client';
import { Back } from '../parts/back';
import { Confirmed } from '../parts/confirm';
import { Icon } from '../parts/icon';
import { Moment } from '../parts/moment';
import { Page, Panel } from '../parts/page';
import { Loaded } from '../parts/states';
import { useSession } from '../session';
import { Block } from '../suppressions/block';
import { t } from '../texts/texts';
import { Content } from './content';
import { Details } from './details';
import { explain } from './explain';
import { MailState } from './mail-state';
import { mailQuery, waitingStates } from './queries';
import { Timeline } from './timeline';

type Mail = Schema<'MailMessageDetail'>;

const route = getRouteApi('/mails/$pk');

/** A mail: where it is, or why it did not arrive, and what can be done. */
export function MailPage(): ReactNode {
  const { pk } = route.useParams();
  return (
    <Loaded query={useQuery(mailQuery(pk))} isPage>
      {(mail) => <Shown key={pk} mail={mail} />}
    </Loaded>
  );
}

function Shown({ mail }: { readonly mail: Mail }): ReactNode {
  const { title, text, reply = '', advice } = explain(mail);
  const [done, setDone] = useState('');
  return (
    <Page
      title={mail.subject === '' ? t('mails.noSubject') : mail.subject}
      above={<Back to="/mails">{t('mailPage.back')}</Back>}
      below={
        <p className="page-below">
          <MailState state={mail.state} />
          <span dir="auto">{t('mailPage.to', { recipient: mail.recipient })}</span>
          <Moment time={mail.created} />
        </p>
      }
      actions={
        <>
          <Actions mail={mail} done={setDone} />
          <Block address={mail.recipient} done={setDone} />
        </>
      }
    >
      <p role="status" className={done === '' ? 'unseen' : 'done'}>
        {done}
      </p>
      <section className="verdict" data-state={mail.state} aria-label={title}>
        <h2>{title}</h2>
        <p dir="auto">{text}</p>
        {reply !== '' && (
          <p className="verdict-reply" dir="auto">
            {reply}
          </p>
        )}
        {advice !== undefined && <p>{advice}</p>}
        {mail.state === 'captured' && (
          <a href={`/dev/mailbox/${mail.pk}/`} className="text-link">
            {t('mailPage.openMailbox')} <Icon name="open" size={14} />
          </a>
        )}
      </section>
      <div className="columns">
        <Panel title={t('mailPage.timeline')}>
          <Timeline mail={mail} />
        </Panel>
        <Panel title={t('mailPage.details')}>
          <Details mail={mail} />
        </Panel>
      </div>
      <Content pk={mail.pk} />
    </Page>
  );
}

/** What the visitor may do with the mail in its state. */
function Actions({ mail, done }: { readonly mail: Mail; readonly done: (text: string) => void }): ReactNode {
  const { can } = useSession();
  const client = useQueryClient();
  if (!can('change_mailmessage')) return null;
  const params = { path: { message_uuid: mail.pk } };
  const finish = (text: string): void => {
    done(text);
    void client.invalidateQueries({ queryKey: ['mail', mail.pk] });
    void client.invalidateQueries({ queryKey: ['mails'] });
  };
  const recipient = mail.recipient;
  return (
    <>
      {(mail.state === 'failed' || mail.state === 'discarded' || mail.state === 'retrying') && (
        <Confirmed
          label={t(mail.state === 'retrying' ? 'mailPage.retryNow' : 'mailPage.requeue')}
          icon={<Icon name="repeat" />}
          question={t('mailPage.requeueAsk')}
          text={t('mailPage.requeueText', { recipient })}
          act={() => contentOf(api.POST('/mail/messages/{message_uuid}/requeue/', { params }))}
          done={() => finish(t('mailPage.requeued'))}
        />
      )}
      {waitingStates.includes(mail.state) && (
        <Confirmed
          label={t('mailPage.discard')}
          icon={<Icon name="bin" />}
          question={t('mailPage.discardAsk')}
          text={t('mailPage.discardText', { recipient })}
          isDangerous
          act={() => contentOf(api.POST('/mail/messages/{message_uuid}/discard/', { params }))}
          done={() => finish(t('mailPage.discarded'))}
        />
      )}
    </>
  );
}
