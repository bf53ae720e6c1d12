import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import type { PageOf } from '../parts/listing';
import { Panel } from '../parts/page';
import { Loaded, Note } from '../parts/states';

interface ObjectPanelProps<Row> {
  readonly title: string;
  readonly query: UseQueryResult<PageOf<Row>>;
  readonly row: (row: Row) => ReactNode;
  readonly empty: { readonly title: string; readonly text: string };
  /** The button that creates one. */
  readonly create: ReactNode;
}

/** All objects of a kind in a panel, with a button to create another. */
export function ObjectPanel<Row extends { readonly pk: string }>(props: ObjectPanelProps<Row>): ReactNode {
  const { title, query, row, empty, create } = props;
  return (
    <Panel title={title}>
      <Loaded query={query} lines={3}>
        {({ results }) =>
          results.length === 0 ? (
            <Note icon="notifications" {...empty} />
          ) : (
            <ul className="rows" aria-label={title}>
              {results.map((each) => (
                <li key={each.pk}>{row(each)}</li>
              ))}
            </ul>
          )
        }
      </Loaded>
      {Boolean(create) && <div className="panel-foot-actions">{create}</div>}
    </Panel>
  );
}
