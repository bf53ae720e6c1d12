import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { api, contentOf, type Schema } from '../api/client';
import { Back } from '../parts/back';
import { Confirmed } from '../parts/confirm';
import { Facts } from '../parts/facts';
import { Icon } from '../parts/icon';
import { Moment } from '../parts/moment';
import { Page, Panel } from '../parts/page';
import { Loaded } from '../parts/states';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { DeliveryState } from './delivery-state';
import { deliveryQuery } from './queries';

const route = getRouteApi('/webhooks/deliveries/$pk');

/** A delivery: each attempt with what the receiver answered. */
export function DeliveryPage(): ReactNode {
  const { pk } = route.useParams();
  return (
    <Loaded query={useQuery(deliveryQuery(pk))} isPage>
      {(delivery) => <FoundDelivery delivery={delivery} />}
    </Loaded>
  );
}

function FoundDelivery({ delivery }: { readonly delivery: Schema<'WebhookDeliveryDetail'> }): ReactNode {
  const { can } = useSession();
  const client = useQueryClient();
  const params = { path: { delivery_uuid: delivery.pk } };
  return (
    <Page
      title={delivery.type}
      above={
        <Back to={can('view_webhookendpoint') ? '/webhooks/$pk' : '/webhooks'} params={{ pk: delivery.endpoint }}>
          {delivery.endpoint_name}
        </Back>
      }
      below={
        <p className="page-below">
          <DeliveryState state={delivery.state} />
          {delivery.next_attempt !== null && (
            <span>
              {t('webhooks.next')} <Moment time={delivery.next_attempt} />
            </span>
          )}
        </p>
      }
      actions={
        can('change_webhookdelivery') && (
          <Confirmed
            label={t('webhooks.replay')}
            icon={<Icon name="repeat" />}
            question={t('webhooks.replayAsk')}
            text={t('webhooks.replayText')}
            act={() => contentOf(api.POST('/webhooks/deliveries/{delivery_uuid}/replay/', { params }))}
            done={() => {
              for (const key of ['webhook delivery', 'webhook deliveries']) {
                void client.invalidateQueries({ queryKey: [key] });
              }
            }}
          />
        )
      }
    >
      <div className="columns">
        <Panel title={t('webhooks.attemptsTitle')}>
          {delivery.timeline.length === 0 && <p className="panel-text">{t('webhooks.noAttempts')}</p>}
          <ol className="rows">
            {delivery.timeline.map((attempt) => (
              <li key={attempt.number} className="delivery-attempt">
                <p className="delivery-attempt-head">
                  <span className="state" data-state={isTaken(attempt) ? 'sent' : 'failed'}>
                    {attempt.status === null
                      ? t('webhooks.noAnswer')
                      : t('webhooks.status', { status: attempt.status })}
                  </span>
                  <span className="row-time">
                    <Moment time={attempt.started} /> · {t('webhooks.milliseconds', { count: attempt.milliseconds })}
                  </span>
                </p>
                {attempt.error !== '' && <p className="wraps row-soft">{attempt.error}</p>}
                {attempt.answer !== '' && (
                  <pre className="delivery-answer" tabIndex={0} dir="ltr">
                    {attempt.answer}
                  </pre>
                )}
              </li>
            ))}
          </ol>
        </Panel>
        <Panel title={t('mailPage.details')}>
          <Facts
            facts={[
              [t('webhooks.subject'), delivery.subject],
              [t('events.when'), <Moment key="when" time={delivery.created} exact />],
              [t('webhooks.id'), <code key="id">{delivery.event}</code>],
              [t('webhooks.sequence'), delivery.sequence],
            ]}
          />
        </Panel>
      </div>
    </Page>
  );
}

function isTaken({ status }: Schema<'WebhookAttempt'>): boolean {
  return status !== null && status >= 200 && status < 300;
}
