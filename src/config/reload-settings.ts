import { isDeepStrictEqual } from 'node:util';

import { readSettings, updateSources } from './read-settings.js';
import { settingsOf } from './setting.js';
import { Settings } from './settings.js';

/** What reading the settings again has changed, by the names of the variables. */
export interface Reload {
  /** They apply from now on. */
  readonly changed: readonly string[];
  /** They keep their old values until a restart. */
  readonly needRestart: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Puts the values of the environment into settings that are in use, where they can change without a restart.
 *
 * @throws SettingsError that names every variable whose value cannot be used; then nothing has changed
 */
export function reloadSettings(settings: Settings, env: NodeJS.ProcessEnv): Reload {
  const { settings: current, warnings } = readSettings(env);
  const differing = [...settingsOf(Settings)].filter(([, { property }]) => {
    const key = property as keyof Settings;
    return !isDeepStrictEqual(settings[key], current[key]);
  });
  const changing = differing.filter(([, { reloadable }]) => reloadable);
  for (const [, { property }] of changing) Object.assign(settings, { [property]: current[property as keyof Settings] });
  const namesOf = (some: typeof differing): string[] => some.map(([name]) => name);
  updateSources(settings, current, namesOf(changing));
  return {
    changed: namesOf(changing),
    needRestart: namesOf(differing.filter(([, { reloadable }]) => !reloadable)),
    warnings,
  };
}

/** Describes a reload in one line. */
export function describeReload({ changed, needRestart }: Reload): string {
  const parts = [
    changed.length === 0 ? 'nothing changed' : `changed: ${changed.join(', ')}`,
    ...(needRestart.length === 0 ? [] : [`restart needed for: ${needRestart.join(', ')}`]),
  ];
  return `Settings read again; ${parts.join('; ')}`;
}
