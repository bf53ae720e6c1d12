import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';

import { api, contentOf } from '../api/client';
import { Confirmed } from '../parts/confirm';
import { Icon } from '../parts/icon';
import { Moment } from '../parts/moment';
import { Loaded } from '../parts/states';
import { t } from '../texts/texts';
import { Compare } from './compare';
import { type Source, versionQuery, versionsQuery } from './queries';

interface VersionsProps {
  /** Key of the template in the database. */
  readonly stored: string;
  /** The version that is current. */
  readonly current: number;
  /** What the editor has. */
  readonly source: Source;
  readonly mayRestore: boolean;
  readonly restored: () => void;
}

/** The versions of a template, with their time and user, and how each differs from the editor. */
export function Versions({ stored, current, source, mayRestore, restored }: VersionsProps): ReactNode {
  const versions = useQuery(versionsQuery(stored));
  const [chosen, choose] = useState<number>();
  return (
    <Loaded query={versions} lines={6}>
      {(list) => {
        const shown = chosen ?? list.find(({ version }) => version !== current)?.version ?? current;
        return (
          <div className="versions">
            <ul className="version-list" aria-label={t('templates.versions')}>
              {list.map(({ version, username, created }) => (
                <li key={version}>
                  <button type="button" aria-pressed={version === shown} onClick={() => choose(version)}>
                    <span className="row-main">
                      {t('templates.version', { version })}
                      {version === current && <span className="badge">{t('templates.current')}</span>}
                    </span>
                    <span className="row-soft">
                      <Moment time={created} />
                      {username !== '' && ` · ${username}`}
                    </span>
                  </button>
                </li>
              ))}
            </ul>
            <Version
              key={shown}
              {...{ stored, source, restored }}
              version={shown}
              current={current}
              mayRestore={mayRestore && shown !== current}
            />
          </div>
        );
      }}
    </Loaded>
  );
}

interface VersionProps extends VersionsProps {
  readonly version: number;
}

function Version({ stored, version, current, source, mayRestore, restored }: VersionProps): ReactNode {
  const [part, setPart] = useState<keyof Source>('html');
  const restore = (): Promise<unknown> =>
    contentOf(
      api.POST('/mail/templates/{template_uuid}/restore/', {
        params: { path: { template_uuid: stored } },
        body: { version, expected_version: current },
      }),
    );
  return (
    <section className="version" aria-label={t('templates.version', { version })}>
      <div className="preview-bar">
        <div className="segments" role="group" aria-label={t('templates.part')}>
          {(['html', 'text'] as const).map((each) => (
            <button key={each} type="button" aria-pressed={part === each} onClick={() => setPart(each)}>
              {t(`templates.part.${each}`)}
            </button>
          ))}
        </div>
        <p className="row-soft version-legend">{t('templates.version.legend', { version })}</p>
        {mayRestore && (
          <Confirmed
            label={t('templates.restore')}
            icon={<Icon name="repeat" />}
            question={t('templates.restoreAsk', { version })}
            text={t('templates.restoreText')}
            act={restore}
            done={restored}
          />
        )}
      </div>
      <Loaded query={useQuery(versionQuery(stored, version))} lines={8}>
        {(content) =>
          content[part] === source[part] ? (
            <p className="panel-text">{t('templates.version.same')}</p>
          ) : (
            <Compare isHtml={part === 'html'} before={content[part]} after={source[part]} />
          )
        }
      </Loaded>
    </section>
  );
}
