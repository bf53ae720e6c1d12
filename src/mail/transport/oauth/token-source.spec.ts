import { afterEach, beforeEach, expect, it } from 'vitest';

import { AuthorizationServer, clientSecret, firstRefreshToken } from '../../../../test/support/authorization-server.js';
import type { DatabaseClock } from '../../../database/database-clock.js';
import type { OAuthSettings } from './oauth-settings.js';
import { TokenSource } from './token-source.js';

const { signal } = new AbortController();
let server: AuthorizationServer;
let now: number;
beforeEach(async () => {
  server = new AuthorizationServer();
  await server.listen();
  now = Date.now();
});
afterEach(() => server.close());

function source(changes: Partial<OAuthSettings> = {}): TokenSource {
  const settings = {
    provider: 'other',
    tokenUrl: server.url,
    clientId: 'c1',
    clientSecret,
    key: '',
    keyFile: '',
    refreshToken: '',
  };
  const clock = { now: () => now } as unknown as DatabaseClock;
  return new TokenSource({ ...settings, scope: '', user: '', ...changes }, clock, signal);
}

it('A token is used until five minutes before it expires', async () => {
  const tokens = source();
  const first = await tokens.get(signal);
  now += 54 * 60_000;
  expect(await tokens.get(signal)).toBe(first);
  now += 2 * 60_000;
  expect(await tokens.get(signal)).not.toBe(first);
  expect(server.requests).toHaveLength(2);
});

it('A token is used until it expires while the server gives no other one', async () => {
  const tokens = source();
  const first = await tokens.get(signal);
  server.refusal = { status: 500, body: '' };
  now += 56 * 60_000;
  expect(await tokens.get(signal)).toBe(first);
  now += 5 * 60_000;
  await expect(tokens.get(signal)).rejects.toThrow('gives no token now: status 500');
  server.refusal = undefined;
  now += 6_000;
  expect(await tokens.get(signal)).not.toBe(first);
});

it('A token that the server replaces with each use is remembered', async () => {
  const tokens = source({ refreshToken: firstRefreshToken });
  const first = await tokens.get(signal);
  now += 3_600_000;
  expect(await tokens.get(signal)).not.toBe(first);
});

it('A rejected token is replaced, for all who had it, and not again within a minute', async () => {
  const tokens = source();
  const first = await tokens.get(signal);
  const [second, other] = await Promise.all([tokens.replace(first, signal), tokens.replace(first, signal)]);
  expect([second === first, other]).toEqual([false, second]);
  expect(await tokens.replace(second, signal)).toBe(second);
  now += 61_000;
  expect(await tokens.replace(second, signal)).not.toBe(second);
  expect(server.requests).toHaveLength(3);
});

it('One who stops waiting does not take the token from the others', async () => {
  const tokens = source();
  const leaving = new AbortController();
  let release: () => void = () => undefined;
  server.hold = new Promise((resolve) => (release = resolve));
  const [left, stayed] = [tokens.get(leaving.signal), tokens.get(signal)];
  leaving.abort(new Error('gone'));
  await expect(left).rejects.toThrow('gone');
  release();
  expect(server.tokens).toContain(await stayed);
});

it('A token with characters that end a line is refused', async () => {
  server.refusal = { status: 200, body: { access_token: 'a\r\nRCPT TO:<x@example.org>', expires_in: 60 } };
  await expect(source().get(signal)).rejects.toThrow('gave a token with invalid characters');
});
