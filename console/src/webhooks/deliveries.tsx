import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { eventTypes } from '../live';
import { ChoiceFilter } from '../parts/filters';
import { useList } from '../parts/list-page';
import { Line } from '../parts/listing';
import { Moment } from '../parts/moment';
import { Panel } from '../parts/page';
import { Pager } from '../parts/pager';
import { Loaded } from '../parts/states';
import { counted, t } from '../texts/texts';
import { DeliveryState } from './delivery-state';
import { deliveriesQuery } from './queries';

const states = ['pending', 'delivered', 'failed'] as const;

interface DeliveriesProps {
  readonly title: string;
  /** UUID of the endpoint; without one, deliveries to all. */
  readonly endpoint?: string;
}

/** What was delivered, or is to be, the newest first. */
export function Deliveries({ title, endpoint }: DeliveriesProps): ReactNode {
  const { search, filter, change } = useList();
  const state = states.find((each) => each === search.state);
  const type = eventTypes.find((each) => each === search.kind);
  const deliveries = useQuery(
    deliveriesQuery({
      ...(endpoint !== undefined && { endpoint }),
      ...(state !== undefined && { state: [state] }),
      ...(type !== undefined && { type }),
      page: filter.page,
    }),
  );
  const isFiltered = state !== undefined || type !== undefined;
  return (
    <Panel title={title}>
      <div className="filters panel-filters">
        <ChoiceFilter
          name="state"
          label={t('webhooks.state')}
          any={t('webhooks.anyState')}
          choices={states.map((value) => ({ value, label: t(`webhooks.${value}`) }))}
        />
        <ChoiceFilter
          name="kind"
          label={t('webhooks.eventType')}
          any={t('webhooks.allEvents')}
          choices={eventTypes.map((value) => ({ value, label: value }))}
        />
      </div>
      <Loaded query={deliveries} lines={4}>
        {({ results, pagination }) =>
          results.length === 0 ? (
            <p className="panel-text">{t(isFiltered ? 'list.noneFound' : 'webhooks.noDeliveries')}</p>
          ) : (
            <>
              <ul className="rows" aria-label={title}>
                {results.map((delivery) => (
                  <li key={delivery.pk}>
                    <Link to="/webhooks/deliveries/$pk" params={{ pk: delivery.pk }} className="row line">
                      <Line
                        main={delivery.type}
                        below={[delivery.subject, ...(endpoint === undefined ? [delivery.endpoint_name] : [])].join(
                          ' · ',
                        )}
                        middle={
                          <>
                            <DeliveryState state={delivery.state} /> {counted('webhooks.attempts', delivery.attempts)}
                          </>
                        }
                        end={<Moment time={delivery.created} />}
                      />
                    </Link>
                  </li>
                ))}
              </ul>
              {pagination.total_pages > 1 && (
                <div className="panel-foot-actions">
                  <Pager position={pagination} go={(page) => change({ page: String(page) })} />
                </div>
              )}
            </>
          )
        }
      </Loaded>
    </Panel>
  );
}
