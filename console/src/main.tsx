import './styles/components';
import './styles/base.css';
import './styles/frame.css';
import './styles/lists.css';
import './styles/rows.css';
import './styles/details.css';
import './styles/finder.css';
import './styles/mail-content.css';
import './styles/overview.css';
import './styles/people.css';
import './styles/system.css';
import './styles/form.css';
import './styles/flows.css';
import './styles/flow-figures.css';
import './styles/access.css';
import './styles/settings.css';
import './styles/suppressions.css';

import { DirectionProvider, MantineProvider } from '@mantine/core';
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { setNonce } from 'get-nonce';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { ApiProblem } from './api/client';
import { nonce } from './api/nonce';
import { meQuery } from './api/queries';
import { router } from './router';
import { direction, loadTexts } from './texts/texts';
import { theme } from './theme';

/** A refusal may mean that the session has ended or rights have changed: the shell asks who the visitor is. */
function onError(error: Error): void {
  if (error instanceof ApiProblem && error.status === 403) void client.invalidateQueries(meQuery);
}

const client = new QueryClient({
  queryCache: new QueryCache({ onError: (error, { queryKey }) => queryKey[0] !== 'me' && onError(error) }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    queries: {
      // An answer of the service is not asked for a second time.
      retry: (count, error) => count < 2 && !(error instanceof ApiProblem && error.status !== 0),
      staleTime: 2_000,
    },
  },
});

const root = document.querySelector('#root');
if (root === null) throw new Error('The page has no place for the console.');
// Dialogs keep the page behind them from scrolling with a style element of a library of their own.
setNonce(nonce());
await loadTexts();
createRoot(root).render(
  <StrictMode>
    <DirectionProvider initialDirection={direction()}>
      <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={nonce}>
        <QueryClientProvider client={client}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </DirectionProvider>
  </StrictMode>,
);
