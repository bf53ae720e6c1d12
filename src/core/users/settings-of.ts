import { type Attributes, isAttributes, mergeAttributes } from './merge-attributes.js';

/**
 * Merges the `settings` of attributes recursively; later layers take precedence.
 *
 * @param layers attributes, in ascending order of precedence
 */
export function settingsOf(layers: readonly Attributes[]): Record<string, unknown> {
  const settings = layers.map((attributes) => attributes['settings']).filter(isAttributes);
  return settings.reduce<Record<string, unknown>>((below, above) => mergeAttributes(below, above), {});
}

/** Returns the language of a user as a BCP 47 list; empty if not set. */
export function localeOf(attributes: Attributes): string[] {
  const { locale } = settingsOf([attributes]);
  return typeof locale === 'string' && locale !== '' ? [locale] : [];
}
