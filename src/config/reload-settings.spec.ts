import { readFileSync } from 'node:fs';

import { expect, it } from 'vitest';

import { readSettings } from './read-settings.js';
import { describeReload, reloadSettings } from './reload-settings.js';
import { settingsOf } from './setting.js';
import { Settings } from './settings.js';

it('changes reloadable settings only, and reports the others at each reload', () => {
  const { settings } = readSettings({ MAIL_CLIENT_LIMIT: '1', TRUST_PROXY: '10.0.0.1' });
  const changes = { MAIL_CLIENT_LIMIT: '2', TRUST_PROXY: '10.0.0.2' };
  expect(reloadSettings(settings, changes)).toMatchObject({
    changed: ['MAIL_CLIENT_LIMIT'],
    needRestart: ['TRUST_PROXY'],
  });
  expect(settings).toMatchObject({ mailClientLimit: 2, trustProxy: ['10.0.0.1'] });
  expect(describeReload(reloadSettings(settings, changes))).toBe(
    'Settings read again; nothing changed; restart needed for: TRUST_PROXY',
  );
  expect(describeReload(reloadSettings(settings, { TRUST_PROXY: '10.0.0.1' }))).toBe(
    'Settings read again; changed: MAIL_CLIENT_LIMIT',
  );
  expect(settings.mailClientLimit).toBe(30);
});

it('changes nothing if one setting cannot be used', () => {
  const { settings } = readSettings({});
  expect(() => reloadSettings(settings, { MAIL_CLIENT_LIMIT: '2', BRAND_COLOR: 'red' })).toThrow('BRAND_COLOR must be');
  expect(settings).toEqual(readSettings({}).settings);
});

it('has its settings listed in docs/operations.md', () => {
  const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
  const section = /## Changing settings while it runs\n(.*?)\n## /s.exec(page)?.[1] ?? '';
  const list = section.split('\n\n').find((paragraph) => /^(`[A-Z_]+`,?\s*)+$/.test(paragraph)) ?? '';
  const reloadable = [...settingsOf(Settings)].filter(([, { reloadable }]) => reloadable).map(([name]) => name);
  expect([...list.matchAll(/`(.+?)`/g)].map(([, name]) => name)).toEqual(reloadable);
});
