import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import type { Schema } from '../api/client';
import { Back } from '../parts/back';
import { Facts } from '../parts/facts';
import { labelOf } from '../parts/form/field';
import { Moment } from '../parts/moment';
import { Page, Panel } from '../parts/page';
import { Loaded } from '../parts/states';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { eventQuery } from './queries';
import { actionText, actorOf, contextOf, kindText, objectOf } from './words';

const route = getRouteApi('/events/$pk');

/** An event: who did what, when and from where. */
export function EventPage(): ReactNode {
  const { pk } = route.useParams();
  return (
    <Loaded query={useQuery(eventQuery(pk))} isPage>
      {(event) => <FoundEvent event={event} />}
    </Loaded>
  );
}

function FoundEvent({ event }: { readonly event: Schema<'Event'> }): ReactNode {
  const { can } = useSession();
  const { pk, username } = actorOf(event);
  const object = objectOf(event);
  const isUser = object?.model_name === 'user' && can('view_user');
  const link = (id: unknown, name: string): ReactNode => (
    <Link to="/users/$id" params={{ id: String(id) }} className="text-link">
      {name}
    </Link>
  );
  return (
    <Page title={actionText(event.action)} above={<Back to="/events">{t('events.back')}</Back>}>
      <Panel title={t('mailPage.details')}>
        <Facts
          facts={[
            [t('events.when'), <Moment key="when" time={event.created} exact />],
            [
              t('events.who'),
              username === ''
                ? t('events.service')
                : pk !== undefined && can('view_user')
                  ? link(pk, username)
                  : username,
            ],
            [t('events.where'), event.client_ip],
            [object === undefined ? '' : kindText(object), isUser ? link(object.pk, object.name) : object?.name],
            [t('events.app'), event.app],
          ]}
        />
      </Panel>
      <Details event={event} />
    </Page>
  );
}

/** What changed, and what else the event says. Events keep the names of changed fields, and no values. */
function Details({ event }: { readonly event: Schema<'Event'> }): ReactNode {
  const { model: _, secret: __, fields, added, removed, ...others } = contextOf(event);
  const facts = [
    [t('events.fields'), Array.isArray(fields) ? fields.map((name) => labelOf(String(name))).join(', ') : undefined],
    [t('events.added'), textOf(added)],
    [t('events.removed'), textOf(removed)],
    ...Object.entries(others).map(([name, value]) => [labelOf(name), textOf(value)] as const),
  ] as const;
  if (facts.every(([, value]) => value === undefined || value === '')) return null;
  return (
    <Panel title={t('events.details')}>
      <Facts facts={facts} />
      {fields !== undefined && <p className="panel-foot">{t('events.noValues')}</p>}
    </Panel>
  );
}

function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((each) => typeof each !== 'object')) return value.join(', ');
  return JSON.stringify(value);
}
