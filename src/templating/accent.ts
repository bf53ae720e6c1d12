/** The accent colour in one colour scheme, as CSS colours. */
export interface Accent {
  /** Background of the main button. */
  readonly fill: string;
  /** Text on that background, with enough contrast. */
  readonly onFill: string;
  /** Links and focus ring, with enough contrast to the page. */
  readonly ink: string;
}

/** The surfaces of pages and mails with the least contrast to text. */
const surfaces = { light: '#f4f5f7', dark: '#1d2127' } as const;
const inks = ['#ffffff', '#10151c'] as const;

/** Minimum contrast of text (WCAG 2.2, 1.4.3). */
const minContrast = 4.5;

type Channels = readonly [red: number, green: number, blue: number];

/**
 * Derives accessible accent colours for both colour schemes from the brand colour.
 *
 * @param colour `#rgb` or `#rrggbb`
 */
export function accentOf(colour: string): { readonly light: Accent; readonly dark: Accent } {
  const fill = parseHex(colour);
  const [white, black] = inks;
  const onFill = contrast(parseHex(white), fill) >= minContrast ? white : black;
  const shade = (surface: string, towards: string): Accent => ({
    fill: toHex(fill),
    onFill,
    ink: toHex(readableOn(parseHex(surface), fill, parseHex(towards))),
  });
  return { light: shade(surfaces.light, black), dark: shade(surfaces.dark, white) };
}

/** Returns the contrast ratio of two colours, from 1 to 21 (WCAG 2.2). */
export function contrastOf(one: string, other: string): number {
  return contrast(parseHex(one), parseHex(other));
}

/** Returns a colour between two: `from` for the part 0, `to` for 1. */
export function mixHex(from: string, to: string, part: number): string {
  return toHex(mix(parseHex(from), parseHex(to), part));
}

/** Returns the colour, mixed with `towards` until its contrast to the surface suffices. */
function readableOn(surface: Channels, colour: Channels, towards: Channels): Channels {
  for (let part = 0; part <= 1; part += 0.05) {
    const mixed = mix(colour, towards, part);
    if (contrast(mixed, surface) >= minContrast) return mixed;
  }
  return towards;
}

function mix([r, g, b]: Channels, [toR, toG, toB]: Channels, part: number): Channels {
  const between = (from: number, to: number): number => Math.round(from + (to - from) * part);
  return [between(r, toR), between(g, toG), between(b, toB)];
}

function contrast(one: Channels, other: Channels): number {
  const [lighter = 1, darker = 1] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(channels: Channels): number {
  const linear = (value: number): number =>
    value <= 0.04045 * 255 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
  const [r, g, b] = channels;
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}

function parseHex(colour: string): Channels {
  const digits = colour.slice(1);
  const long = digits.length === 3 ? digits.replace(/./g, '$&$&') : digits;
  const channel = (index: number): number => Number.parseInt(long.slice(index, index + 2), 16);
  return [channel(0), channel(2), channel(4)];
}

function toHex(channels: Channels): string {
  return `#${channels.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}
