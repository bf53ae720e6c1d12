import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import type { Schema } from '../api/client';
import { stagesQuery } from '../mails/queries';
import { Panel } from '../parts/page';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { flowsQuery, type Period } from './queries';
import { durationText, numberText, shareText } from './words';

type Group = Omit<Schema<'MailStatisticsDomain'>, 'domain'>;

/** Mails by flow and stage. Names are shown to those who may see flows and stages. */
export function Flows({
  flows,
  period,
}: {
  readonly flows: readonly Schema<'MailStatisticsFlow'>[];
  readonly period: Period;
}): ReactNode {
  const { can } = useSession();
  const known = useQuery({ ...flowsQuery, enabled: can('view_flow') }).data?.results ?? [];
  const stages = useQuery({ ...stagesQuery, enabled: can('view_stage') }).data?.results ?? [];
  const nameOf = ({ flow, stage }: (typeof flows)[number]): string => {
    const stageName = stages.find(({ pk }) => pk === stage)?.name;
    const names = [known.find(({ pk }) => pk === flow)?.name, stageName].filter((name) => name !== undefined);
    if (names.length > 0) return names.join(' · ');
    if (stage === null) return t('mails.ofService');
    return t(can('view_stage') ? 'mails.stageUnknown' : 'mails.stageHidden');
  };
  return (
    <Groups
      title={t('overview.flows')}
      column={t('overview.flow')}
      rows={flows.map((row) => ({
        key: `${row.flow ?? ''} ${row.stage ?? ''}`,
        name: nameOf(row),
        link: row.stage === null ? undefined : { stage: row.stage, since: period },
        group: row,
      }))}
    />
  );
}

/** Mails by domain of the recipients. */
export function Domains({
  domains,
  period,
}: {
  readonly domains: readonly Schema<'MailStatisticsDomain'>[];
  readonly period: Period;
}): ReactNode {
  return (
    <Groups
      title={t('overview.domains')}
      column={t('overview.domain')}
      rows={domains.map((row) => ({
        key: row.domain,
        name: row.domain,
        link: { q: `@${row.domain}`, since: period },
        group: row,
      }))}
    />
  );
}

interface Row {
  readonly key: string;
  readonly name: string;
  /** Search of the list with these mails. */
  readonly link: Readonly<Record<string, string>> | undefined;
  readonly group: Group;
}

function Groups({
  title,
  column,
  rows,
}: {
  readonly title: string;
  readonly column: string;
  readonly rows: readonly Row[];
}): ReactNode {
  if (rows.length === 0) return null;
  return (
    <Panel title={title}>
      <table className="groups" aria-label={title}>
        <thead>
          <tr>
            <th scope="col">{column}</th>
            <th scope="col">{t('overview.mails')}</th>
            <th scope="col">{t('overview.part.failed')}</th>
            <th scope="col">{t('overview.verified')}</th>
            <th scope="col">{t('overview.time')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, name, link, group }) => (
            <tr key={key}>
              <th scope="row" dir="auto">
                {link === undefined ? (
                  name
                ) : (
                  <Link to="/mails" search={link} className="text-link">
                    {name}
                  </Link>
                )}
              </th>
              <td>{numberText(group.mails)}</td>
              <td data-bad={group.failed > 0}>{numberText(group.failed)}</td>
              <td>{group.verifiable === 0 ? '–' : shareText(group.verified / group.verifiable)}</td>
              <td>{group.median_seconds === null ? '–' : durationText(group.median_seconds)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}
