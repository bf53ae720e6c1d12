import {
  type ChallengeTypes,
  Configuration,
  CoreApi,
  type FlowChallengeResponseRequest,
  FlowsApi,
} from '@goauthentik/api';

import { fetchWithCookies } from '../contract/sdk.js';

/** A browser in one flow, with a front end that uses authentik's SDK. */
export class SdkBrowser {
  private readonly configuration: Configuration;

  constructor(
    url: string,
    private readonly flowSlug: string,
  ) {
    this.configuration = new Configuration({ basePath: `${url}/api/v3`, fetchApi: fetchWithCookies() });
  }

  see(query = ''): Promise<ChallengeTypes> {
    return new FlowsApi(this.configuration).flowsExecutorGet({ flowSlug: this.flowSlug, query });
  }

  answer(answer: object, query = ''): Promise<ChallengeTypes> {
    return new FlowsApi(this.configuration).flowsExecutorSolve({
      flowSlug: this.flowSlug,
      query,
      flowChallengeResponseRequest: answer as FlowChallengeResponseRequest,
    });
  }

  /** Opens a mailed link and presses the button of its page. */
  async confirm(query: string): Promise<ChallengeTypes> {
    const { token } = (await this.see(query)) as { token: string };
    return this.answer({ component: 'ak-stage-consent', token }, query);
  }

  async whoAmI(): Promise<string> {
    return (await new CoreApi(this.configuration).coreUsersMeRetrieve()).user.username;
  }
}
