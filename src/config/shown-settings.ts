import { definitions, type SettingSource, sourcesOf } from './read-settings.js';
import { settingsOf } from './setting.js';
import { Settings } from './settings.js';

/** A setting as administrators see it. */
export interface ShownSetting {
  readonly name: string;
  readonly description: string;
  /** As a variable would have it; null if it is not set, or secret. */
  readonly value: string | null;
  readonly default: string | null;
  readonly source: SettingSource;
  readonly is_secret: boolean;
  readonly is_set: boolean;
  /** Whether a change applies without a restart. */
  readonly reloadable: boolean;
}

/** Returns every setting in use, in the order of `.env.example`, with its declared description. Secrets have no value. */
export function shownSettings(settings: Settings): ShownSetting[] {
  const sources = sourcesOf(settings);
  return [...settingsOf(Settings)].map(([name, { property, comment, secret, reloadable }]) => {
    const value = textOf(settings[property as keyof Settings]);
    return {
      name,
      description: comment,
      value: secret ? null : value,
      default: secret ? null : textOf(definitions[name]?.fallback),
      source: sources.get(name) ?? 'default',
      is_secret: secret,
      is_set: value !== null,
      reloadable,
    };
  });
}

function textOf(value: unknown): string | null {
  if (value === undefined || value === null || value === '') return null;
  if (Array.isArray(value)) return value.length === 0 ? null : value.map(String).join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
