import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { api, done, type Schema } from '../api/client';
import { Confirmed } from '../parts/confirm';
import { Icon } from '../parts/icon';
import { Line } from '../parts/listing';
import { Moment } from '../parts/moment';
import { Panel } from '../parts/page';
import { Loaded } from '../parts/states';
import { useSession } from '../session';
import { counted, t } from '../texts/texts';
import { sessionsQuery } from './queries';

type AuthenticatedSession = Schema<'AuthenticatedSession'>;

/** Where a user is signed in, with buttons that sign them out. */
export function Sessions({ user }: { readonly user: Schema<'User'> }): ReactNode {
  const { user: me, can } = useSession();
  const client = useQueryClient();
  const sessions = useQuery(sessionsQuery(user.username));
  const mayEnd = can('delete_authenticatedsession') || me.pk === user.pk;
  const refresh = (): void => void client.invalidateQueries(sessionsQuery(user.username));
  return (
    <Panel title={t('sessions.title')}>
      <Loaded query={sessions} lines={2}>
        {({ results }) => (
          <>
            {results.length === 0 && <p className="panel-text">{t('sessions.none')}</p>}
            <ul className="rows" aria-label={t('sessions.title')}>
              {results.map((session) => (
                <li key={session.uuid} className="row line">
                  <Line
                    main={browserOf(session)}
                    below={session.last_ip}
                    middle={session.current && t('sessions.current')}
                    end={
                      <>
                        <Moment time={session.last_used} />
                        {mayEnd && !session.current && (
                          <Confirmed
                            label={t('sessions.end')}
                            icon={<Icon name="leave" />}
                            question={t('sessions.endAsk')}
                            text={t('sessions.endText', { browser: browserOf(session) })}
                            isDangerous
                            act={() => end(session)}
                            done={refresh}
                          />
                        )}
                      </>
                    }
                  />
                </li>
              ))}
            </ul>
            {mayEnd && results.filter(({ current }) => !current).length > 1 && (
              <div className="panel-foot-actions">
                <Confirmed
                  label={t('sessions.endAll')}
                  icon={<Icon name="leave" />}
                  question={t('sessions.endAllAsk')}
                  text={counted('sessions.endAllText', results.filter(({ current }) => !current).length)}
                  isDangerous
                  act={() => Promise.all(results.filter(({ current }) => !current).map(end))}
                  done={refresh}
                />
              </div>
            )}
          </>
        )}
      </Loaded>
    </Panel>
  );
}

/** Ends a session. One that has ended meanwhile is as good. */
async function end({ uuid }: AuthenticatedSession): Promise<void> {
  const request = api.DELETE('/core/authenticated_sessions/{uuid}/', { params: { path: { uuid } } });
  const { response } = await request;
  if (response.status !== 404) await done(request);
}

function browserOf({ user_agent: { user_agent: browser, os } }: AuthenticatedSession): string {
  const known = [browser, os].filter(({ family }) => family !== 'Other').map(({ family }) => family);
  return known.length === 0 ? t('sessions.unknown') : known.join(' · ');
}
