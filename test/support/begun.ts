import { SETTINGS, type Settings } from '../../src/config/settings.js';
import { SessionCookies } from '../../src/core/sessions/session-cookies.js';
import { Sessions } from '../../src/core/sessions/session.service.js';
import { newPlan, type PlanContext, type PlannedStage } from '../../src/flow-execution/plan.js';
import { hostCookieName } from '../../src/rest/http/host-cookie.js';
import type { TestApp } from './test-app.js';
import { Visitor } from './visitor.js';

/** A browser whose session holds this, whatever it is. */
export async function withState(app: TestApp, state: object): Promise<Visitor> {
  const { key } = await app.nest.get(Sessions).create(app.dataSource.manager, { state, answers: null });
  const visitor = new Visitor(app.url);
  visitor.cookies.set(hostCookieName('authentik_session', app.nest.get<Settings>(SETTINGS)), key);
  visitor.cookies.set('authentik_csrf', app.nest.get(SessionCookies).csrfToken(key));
  return visitor;
}

/** A browser that is at this point in a flow. */
export function begun(
  app: TestApp,
  flow: { readonly pk: string },
  stages: PlannedStage[],
  context: PlanContext = {},
): Promise<Visitor> {
  return withState(app, { plan: newPlan(flow.pk, stages, context) });
}
