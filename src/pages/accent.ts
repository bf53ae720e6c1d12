/** The accent colour in one colour scheme, as CSS colours. */
export interface Accent {
  /** Behind the text of the main button. */
  readonly fill: string;
  /** The text on it; can be read on it whatever the colour. */
  readonly onFill: string;
  /** For links and the focus ring; can be read on the ground of the page. */
  readonly ink: string;
}

/** Of the surfaces in `style.css` that text stands on, those that are hardest to read on. */
const surfaces = { light: '#f4f6f9', dark: '#1d2530' } as const;
const inks = ['#ffffff', '#10151c'] as const;

/** What text needs to be read by people who see badly (WCAG 2.2, 1.4.3). */
const readable = 4.5;

type Channels = readonly [red: number, green: number, blue: number];

/**
 * Makes of one colour what pages need: whatever an administrator chooses, buttons and links can be read.
 *
 * @param colour `#rgb` or `#rrggbb`
 */
export function accentOf(colour: string): { readonly light: Accent; readonly dark: Accent } {
  const fill = channelsOf(colour);
  const [white, black] = inks;
  const onFill = contrast(channelsOf(white), fill) >= readable ? white : black;
  const shade = (surface: string, towards: string): Accent => ({
    fill: written(fill),
    onFill,
    ink: written(readableOn(channelsOf(surface), fill, channelsOf(towards))),
  });
  return { light: shade(surfaces.light, black), dark: shade(surfaces.dark, white) };
}

/** How well two colours can be told apart, from 1 to 21 (WCAG 2.2, contrast ratio). */
export function contrastOf(one: string, other: string): number {
  return contrast(channelsOf(one), channelsOf(other));
}

/** The colour itself if it can be read on the surface, else the first mixture with `towards` that can. */
function readableOn(surface: Channels, colour: Channels, towards: Channels): Channels {
  for (let part = 0; part <= 1; part += 0.05) {
    const mixed = mix(colour, towards, part);
    if (contrast(mixed, surface) >= readable) return mixed;
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

function channelsOf(colour: string): Channels {
  const digits = colour.slice(1);
  const long = digits.length === 3 ? digits.replace(/./g, '$&$&') : digits;
  const channel = (index: number): number => Number.parseInt(long.slice(index, index + 2), 16);
  return [channel(0), channel(2), channel(4)];
}

function written(channels: Channels): string {
  return `#${channels.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}
