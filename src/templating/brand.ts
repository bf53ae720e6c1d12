import type { Settings } from '../config/settings.js';
import { type Accent, accentOf } from './accent.js';

/** The settings of the brand. */
export type BrandSettings = Pick<Settings, 'brandName' | 'brandColor' | 'brandLogo' | 'brandFooter'>;

/** What pages and mails show of the installation. */
export interface Brand {
  readonly name: string;
  /** Colours of light and dark mode, whose texts are readable for any colour of the brand. */
  readonly accent: { readonly light: Accent; readonly dark: Accent };
  /** File of the logo; undefined for the shipped logo in the colour of the brand. */
  readonly logo: string | undefined;
  /** Plain text below mails, possibly of several lines. */
  readonly footer: string;
}

/** Returns the brand of the settings. */
export function brandOf({ brandName, brandColor, brandLogo, brandFooter }: BrandSettings): Brand {
  return { name: brandName, accent: accentOf(`#${brandColor}`), logo: brandLogo, footer: brandFooter };
}
