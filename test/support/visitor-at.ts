import { SETTINGS, type Settings } from '../../src/config/settings.js';
import { SessionCookies } from '../../src/core/sessions/session-cookies.js';
import { Sessions } from '../../src/core/sessions/session.service.js';
import { newPlan, type PlanContext, type PlannedStage } from '../../src/flow-execution/plan.js';
import { hostCookieName } from '../../src/rest/http/host-cookie.js';
import type { TestApp } from './test-app.js';
import { Visitor } from './visitor.js';

/** Returns a browser whose session has this state. */
export async function visitorWithState(app: TestApp, state: object): Promise<Visitor> {
  const { key } = await app.nest.get(Sessions).create(app.dataSource.manager, { state, answers: null });
  const visitor = new Visitor(app.url);
  visitor.cookies.set(hostCookieName('authentik_session', app.nest.get<Settings>(SETTINGS)), key);
  visitor.cookies.set('authentik_csrf', app.nest.get(SessionCookies).csrfToken(key));
  return visitor;
}

/** Returns a browser at this point of a flow. */
export function visitorAt(
  app: TestApp,
  flow: { readonly pk: string },
  stages: PlannedStage[],
  context: PlanContext = {},
): Promise<Visitor> {
  return visitorWithState(app, { plan: newPlan(flow.pk, stages, context) });
}
