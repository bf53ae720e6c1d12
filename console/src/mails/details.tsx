import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import type { Schema } from '../api/client';
import { Copy } from '../parts/copy';
import { type Fact, Facts } from '../parts/facts';
import { Moment } from '../parts/moment';
import { transportsQuery } from '../senders/queries';
import { useSession } from '../session';
import { currentLanguage, t } from '../texts/texts';
import { stagesQuery } from './queries';

/** What is known about a mail, with links to what it came from. */
export function Details({ mail }: { readonly mail: Schema<'MailMessageDetail'> }): ReactNode {
  const { can } = useSession();
  const stages = useQuery({ ...stagesQuery, enabled: can('view_stage') }).data?.results ?? [];
  const servers = useQuery({ ...transportsQuery, enabled: can('view_namedtransport') }).data?.results ?? [];
  const stage = stages.find(({ pk }) => pk === mail.stage);
  const server = servers.find(({ pk }) => pk === (mail.transport ?? stage?.transport));
  const atServer = mail.timeline.at(-1)?.provider_message_id ?? '';
  const name = mail.recipient_name === '' ? '' : ` (${mail.recipient_name})`;
  const facts: Fact[] = [
    [t('mailPage.from'), mail.from_address],
    [t('mailPage.recipient'), <Recipient key="recipient" address={mail.recipient} name={name} />],
    [t('mailPage.stage'), <Stage key="stage" mail={mail} stage={stage} />],
    [
      t('mailPage.template'),
      can('view_mailtemplate') ? (
        <Link key="template" to="/templates/edit/$" params={{ _splat: mail.template }} className="text-link">
          {mail.template}
        </Link>
      ) : (
        mail.template
      ),
    ],
    [
      t('mails.transport'),
      server !== undefined && (
        <Link key="server" to="/senders" className="text-link">
          {server.name}
        </Link>
      ),
    ],
    [t('mailPage.locale'), languageName(mail.locale)],
    [t('mailPage.messageId'), <Id key="id" value={mail.message_id} what={t('mailPage.messageId')} />],
    [t('mailPage.providerId'), atServer === '' ? '' : <Id key="id" value={atServer} what={t('mailPage.providerId')} />],
    [t('mailPage.created'), <Moment key="created" time={mail.created} exact />],
    [t('mailPage.finished'), mail.finished !== null && <Moment key="finished" time={mail.finished} exact />],
    [t('mailPage.deadline'), mail.deadline !== null && <Moment key="deadline" time={mail.deadline} exact />],
  ];
  return <Facts facts={facts} />;
}

/** The address, which leads to the user who has it. */
function Recipient({ address, name }: { readonly address: string; readonly name: string }): ReactNode {
  const { can } = useSession();
  if (!can('view_user')) return address + name;
  return (
    <>
      <Link to="/users" search={{ q: address }} className="text-link">
        {address}
      </Link>
      {name}
    </>
  );
}

interface StageProps {
  readonly mail: Schema<'MailMessageDetail'>;
  /** Undefined if it is deleted, or hidden from the visitor. */
  readonly stage: Schema<'EmailStage'> | undefined;
}

function Stage({ mail, stage }: StageProps): ReactNode {
  const { can } = useSession();
  if (mail.stage === null) return t('mails.ofService');
  if (stage === undefined) return can('view_stage') ? '–' : t('mails.stageHidden');
  return (
    <Link to="/stages/$pk" params={{ pk: stage.pk }} className="text-link">
      {stage.name}
    </Link>
  );
}

function Id({ value, what }: { readonly value: string; readonly what: string }): ReactNode {
  return (
    <span className="id">
      <code>{value}</code>
      <Copy value={value} what={what} />
    </span>
  );
}

/** Returns the name of a language in the language of the console. */
function languageName(tag: string): string {
  try {
    return new Intl.DisplayNames(currentLanguage(), { type: 'language' }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}
