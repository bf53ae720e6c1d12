import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';

import { api, contentOf, type Schema } from '../api/client';
import { FormDialog } from '../parts/form/form-dialog';
import { Icon } from '../parts/icon';
import { ListPage, useList } from '../parts/list-page';
import { Line } from '../parts/listing';
import { Moment } from '../parts/moment';
import { Panel } from '../parts/page';
import { Loaded } from '../parts/states';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { availableQuery, blueprintsQuery } from './queries';
import { Status } from './status';

/** What is created: a blueprint of a file, or of a text. */
interface New {
  readonly name: string;
  readonly path: string;
}

/** The blueprints with the results of their application, and the files that others can be made of. */
export function BlueprintList(): ReactNode {
  const { filter } = useList();
  const navigate = useNavigate();
  const { can } = useSession();
  const client = useQueryClient();
  const [added, setAdded] = useState<New>();
  return (
    <ListPage
      title={t('nav.blueprints')}
      actions={
        can('add_blueprintinstance') && (
          <Button leftSection={<Icon name="add" />} onClick={() => setAdded({ name: '', path: '' })}>
            {t('blueprints.create')}
          </Button>
        )
      }
      find={t('blueprints.search')}
      query={useQuery(blueprintsQuery(filter))}
      label={t('blueprints.list')}
      keyOf={({ pk }) => pk}
      row={(blueprint) => (
        <Link to="/blueprints/$pk" params={{ pk: blueprint.pk }} className="row line">
          <Line
            main={blueprint.name}
            below={blueprint.path === '' ? t('blueprints.ofText') : blueprint.path}
            middle={<Status blueprint={blueprint} />}
            end={blueprint.last_applied_hash !== '' && <Moment time={blueprint.last_applied} />}
          />
        </Link>
      )}
      empty={{ icon: 'blueprints', title: t('blueprints.empty'), text: t('blueprints.emptyText') }}
    >
      {can('view_blueprintinstance') && <Available add={setAdded} />}
      <FormDialog
        key={added?.path ?? ''}
        title={t('blueprints.create')}
        isOpen={added !== undefined}
        close={() => setAdded(undefined)}
        request="BlueprintInstanceRequest"
        initial={{ ...added }}
        layout={{ first: added?.path === '' ? ['name', 'content'] : ['name', 'path'] }}
        save={(body: Schema<'BlueprintInstanceRequest'>) => contentOf(api.POST('/managed/blueprints/', { body }))}
        saved={({ pk }) => {
          void client.invalidateQueries({ queryKey: ['blueprints'] });
          void navigate({ to: '/blueprints/$pk', params: { pk } });
        }}
      />
    </ListPage>
  );
}

/** The files of the folders, with a button that makes a blueprint of each. */
function Available({ add }: { readonly add: (added: New) => void }): ReactNode {
  const { can } = useSession();
  return (
    <div className="after-list">
      <Panel title={t('blueprints.available')}>
        <Loaded query={useQuery(availableQuery)} lines={3}>
          {(files) =>
            files.length === 0 ? (
              <p className="panel-text">{t('blueprints.noFiles')}</p>
            ) : (
              <ul className="rows" aria-label={t('blueprints.available')}>
                {files.map(({ path, meta }) => (
                  <li key={path} className="row line">
                    <Line
                      main={path}
                      middle={meta.name === path ? '' : meta.name}
                      end={
                        can('add_blueprintinstance') && (
                          <Button
                            variant="default"
                            size="xs"
                            aria-label={t('blueprints.addFile', { path })}
                            onClick={() => add({ name: meta.name === '' ? path : meta.name, path })}
                          >
                            {t('action.add')}
                          </Button>
                        )
                      }
                    />
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
      </Panel>
    </div>
  );
}
