import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';

import { Line } from '../parts/listing';
import { Moment } from '../parts/moment';
import { Panel } from '../parts/page';
import { Pager } from '../parts/pager';
import { Loaded } from '../parts/states';
import { counted, t } from '../texts/texts';
import { DeliveryState } from './delivery-state';
import { deliveriesQuery } from './queries';

interface DeliveriesProps {
  readonly title: string;
  /** UUID of the endpoint; without one, deliveries to all. */
  readonly endpoint?: string;
}

/** What was delivered, or is to be, the newest first. */
export function Deliveries({ title, endpoint }: DeliveriesProps): ReactNode {
  const [page, setPage] = useState(1);
  const deliveries = useQuery(deliveriesQuery({ ...(endpoint !== undefined && { endpoint }), page }));
  return (
    <Panel title={title}>
      <Loaded query={deliveries} lines={4}>
        {({ results, pagination }) =>
          results.length === 0 ? (
            <p className="panel-text">{t('webhooks.noDeliveries')}</p>
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
                  <Pager position={pagination} go={setPage} />
                </div>
              )}
            </>
          )
        }
      </Loaded>
    </Panel>
  );
}
