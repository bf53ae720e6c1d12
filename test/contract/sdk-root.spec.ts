import { RootApi } from '@goauthentik/api';
import { expect, it } from 'vitest';

import { describeSdk, refusal } from './sdk.js';

describeSdk('/root/', (sdk) => {
  const root = (key?: string | null): RootApi => new RootApi(sdk().configuration(key));

  it('returns the capabilities without credentials', async () => {
    const config = {
      errorReporting: { enabled: false, sentryDsn: '', environment: '', sendPii: false, tracesSampleRate: 0 },
      capabilities: [],
      cacheTimeout: 0,
      cacheTimeoutFlows: 0,
      cacheTimeoutPolicies: 0,
      cacheTimeoutReputation: 0,
    };
    expect(await root(null).rootConfigRetrieve()).toEqual(config);
    expect(await root().rootConfigRetrieve()).toEqual(config);
  });

  it('answers 403 for an unknown token, even on public routes', async () => {
    expect(await refusal(root('no-such-key').rootConfigRetrieve())).toEqual({
      status: 403,
      body: { detail: 'Token invalid/expired' },
    });
  });
});
