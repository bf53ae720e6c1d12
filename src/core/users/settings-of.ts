import { type Attributes, isAttributes, mergeAttributes } from './merge-attributes.js';

/**
 * What attributes say under `settings`, laid over each other: the later one decides, and objects are merged key by key.
 *
 * @param layers attributes, the ones with the last word at the end
 */
export function settingsOf(layers: readonly Attributes[]): Record<string, unknown> {
  const settings = layers.map((attributes) => attributes['settings']).filter(isAttributes);
  return settings.reduce<Record<string, unknown>>((below, above) => mergeAttributes(below, above), {});
}

/** The language that a user has chosen, as a list of wishes: BCP 47, empty for none. */
export function localeOf(attributes: Attributes): string[] {
  const { locale } = settingsOf([attributes]);
  return typeof locale === 'string' && locale !== '' ? [locale] : [];
}
