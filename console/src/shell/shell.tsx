import { AppShell, Burger } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { type ReactNode, useEffect, useState } from 'react';

import { ApiProblem } from '../api/client';
import { meQuery } from '../api/queries';
import { Loaded } from '../parts/states';
import { signIn } from '../session';
import { t } from '../texts/texts';
import { Account } from './account';
import { Finder } from './finder';
import { Navigation } from './navigation';

/** What surrounds every page. Visitors without a session are led to the sign-in flow. */
export function Shell(): ReactNode {
  const me = useQuery(meQuery);
  const isSignedOut = me.error instanceof ApiProblem && [401, 403].includes(me.error.status);
  useEffect(() => {
    if (isSignedOut) signIn();
  }, [isSignedOut]);
  if (isSignedOut) return null;
  if (me.data !== undefined) return <Frame />;
  return <main className="alone">{!me.isPending && <Loaded query={me}>{() => null}</Loaded>}</main>;
}

function Frame(): ReactNode {
  const [isOpen, setOpen] = useState(false);
  const path = useRouterState({ select: ({ location }) => location.pathname });
  useEffect(() => setOpen(false), [path]);
  return (
    <AppShell
      padding={0}
      header={{ height: { base: 52, sm: 0 } }}
      navbar={{ width: 232, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
    >
      <AppShell.Header hiddenFrom="sm" className="top">
        <a className="skip" href="#main">
          {t('nav.skip')}
        </a>
        <Burger
          opened={isOpen}
          size="sm"
          aria-label={t(isOpen ? 'nav.close' : 'nav.open')}
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        />
        <Brand />
      </AppShell.Header>
      <AppShell.Navbar className="side" aria-label={t('nav.label')}>
        <div className="side-brand">
          <a className="skip" href="#main">
            {t('nav.skip')}
          </a>
          <Brand />
        </div>
        <Finder />
        <Navigation />
        <Account />
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1}>
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}

function Brand(): ReactNode {
  return (
    <Link to="/" className="brand">
      <img src="/static/pages/logo" alt="" height={22} />
      {t('console')}
    </Link>
  );
}
