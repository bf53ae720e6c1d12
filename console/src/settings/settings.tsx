import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import type { Schema } from '../api/client';
import { Page } from '../parts/page';
import { Search } from '../parts/search';
import { Loaded, Note } from '../parts/states';
import { t } from '../texts/texts';
import { settingsQuery } from './queries';

type Setting = Schema<'Setting'>;

const route = getRouteApi('/settings');

/** Every setting of the service as it is in use, with what it does. */
export function Settings(): ReactNode {
  const { q = '' } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Page title={t('nav.settings')} below={<p className="page-below">{t('settings.about')}</p>}>
      <div className="filters">
        <Search
          label={t('settings.search')}
          value={q}
          change={(terms) => void navigate({ search: { q: terms }, replace: true })}
        />
      </div>
      <Loaded query={useQuery(settingsQuery)} lines={12}>
        {(settings) => <Rows settings={settings.filter((setting) => matches(setting, q))} />}
      </Loaded>
    </Page>
  );
}

/** Whether a setting has all words in its name, description or value. */
function matches({ name, description, value }: Setting, terms: string): boolean {
  const text = `${name} ${description} ${value ?? ''}`.toLowerCase();
  return terms
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

function Rows({ settings }: { readonly settings: readonly Setting[] }): ReactNode {
  return (
    <div className="panel">
      {settings.length === 0 ? (
        <Note icon="search" title={t('settings.none')} text={t('settings.noneText')} />
      ) : (
        <ul className="rows" aria-label={t('settings.list')}>
          {settings.map((setting) => (
            <li key={setting.name} className="setting" data-source={setting.source}>
              <code className="setting-name">{setting.name}</code>
              <p className="setting-text">{setting.description}</p>
              <p className="setting-value" dir="auto">
                {valueOf(setting)}
              </p>
              <p className="setting-facts">{factsOf(setting).join(' · ')}</p>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function valueOf({ value, is_secret, is_set }: Setting): string {
  if (!is_set) return t('settings.unset');
  return is_secret ? '••••••' : (value ?? '');
}

function factsOf(setting: Setting): string[] {
  return [
    t(`settings.from.${setting.source}`),
    setting.source !== 'default' && setting.default !== null ? t('settings.default', { value: setting.default }) : '',
    t(setting.reloadable ? 'settings.reload' : 'settings.restart'),
  ].filter((fact) => fact !== '');
}
