import { Alert, Button, Skeleton } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { ApiProblem } from '../api/client';
import { t } from '../texts/texts';
import { Icon, type IconName } from './icon';

interface NoteProps {
  readonly icon: IconName;
  readonly title: string;
  readonly text: string;
  /** It stands in the place of the whole page. */
  readonly isPage?: boolean;
  readonly children?: ReactNode;
}

/** What stands in the place of content that is not there, and what to do. */
export function Note({ icon, title, text, isPage, children }: NoteProps): ReactNode {
  const Title = isPage === true ? 'h1' : 'p';
  return (
    <div className="note">
      <span className="note-icon">
        <Icon name={icon} size={20} />
      </span>
      <Title className="note-title">{title}</Title>
      <p className="note-text">{text}</p>
      {children}
    </div>
  );
}

/** The address leads nowhere. */
export function NotFound({ isPage = true }: { readonly isPage?: boolean }): ReactNode {
  return (
    <Note icon="search" title={t('state.notFound')} text={t('state.notFoundText')} isPage={isPage}>
      <Link to="/" className="text-link">
        {t('state.toOverview')}
      </Link>
    </Note>
  );
}

/** Grey lines of about the height of the content. */
function Waiting({ lines = 6 }: { readonly lines?: number }): ReactNode {
  return (
    <div role="status" aria-label={t('state.loading')} className="waiting">
      {Array.from({ length: lines }, (_, line) => (
        <Skeleton key={line} height={18} width={`${[92, 78, 85, 70][line % 4]}%`} radius="sm" />
      ))}
    </div>
  );
}

interface ProblemProps {
  readonly error: Error;
  readonly retry: () => void;
  readonly isPage: boolean;
}

/** Says why something could not be loaded. */
function Problem({ error, retry, isPage }: ProblemProps): ReactNode {
  const status = error instanceof ApiProblem ? error.status : undefined;
  if (status === 403) {
    return <Note icon="lock" title={t('state.forbidden')} text={t('state.forbiddenText')} isPage={isPage} />;
  }
  if (status === 404) return <NotFound isPage={isPage} />;
  return (
    <div role="alert">
      <Note icon="alert" title={t('state.error')} text={error.message || t('state.unreachable')} isPage={isPage}>
        <Button variant="default" onClick={retry}>
          {t('state.retry')}
        </Button>
      </Note>
    </div>
  );
}

interface LoadedProps<Data> {
  readonly query: UseQueryResult<Data>;
  readonly lines?: number;
  /** The page consists of nothing else. */
  readonly isPage?: boolean;
  readonly children: (data: Data) => ReactNode;
}

/** Draws what a query has loaded. Until then, or if it fails, it says so; what was loaded before stays visible. */
export function Loaded<Data>({ query, lines, isPage = false, children }: LoadedProps<Data>): ReactNode {
  const { data, error, refetch } = query;
  const retry = (): void => void refetch();
  const isRefusal = error instanceof ApiProblem && [403, 404].includes(error.status);
  if (error !== null && (data === undefined || isRefusal))
    return <Problem error={error} retry={retry} isPage={isPage} />;
  if (data === undefined) return <Waiting {...(lines !== undefined && { lines })} />;
  return (
    <>
      {error !== null && (
        <Alert color="yellow" variant="light" className="stale" role="status">
          {t('state.stale')}{' '}
          <button type="button" className="text-link" onClick={retry}>
            {t('state.retry')}
          </button>
        </Alert>
      )}
      {children(data)}
    </>
  );
}
