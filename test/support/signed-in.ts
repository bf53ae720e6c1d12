import { SETTINGS, type Settings } from '../../src/config/settings.js';
import { SessionCookies } from '../../src/core/sessions/session-cookies.js';
import { Sessions } from '../../src/core/sessions/session.service.js';
import { hostCookieName } from '../../src/rest/http/host-cookie.js';
import type { TestApp } from './test-app.js';
import { Visitor } from './visitor.js';

/** Returns a browser in which the user is signed in. */
export async function signedIn(app: TestApp, user: { readonly pk: number }): Promise<Visitor> {
  const { key } = await app.nest
    .get(Sessions)
    .signIn(app.dataSource.manager, undefined, user, { seconds: 0, network: null }, { state: {}, answers: null });
  const visitor = new Visitor(app.url);
  visitor.cookies.set(hostCookieName('authentik_session', app.nest.get<Settings>(SETTINGS)), key);
  visitor.cookies.set('authentik_csrf', app.nest.get(SessionCookies).csrfToken(key));
  return visitor;
}
