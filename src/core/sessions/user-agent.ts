/** A browser, operating system or device with the parts of its version; empty parts are unknown. */
interface Family {
  readonly family: string;
  readonly major: string;
  readonly minor: string;
  readonly patch: string;
}

/** What the `User-Agent` of a browser says. `Other` stands for what is unknown. */
export interface UserAgent {
  readonly browser: Family;
  readonly os: Family;
  readonly device: string;
}

/** The first match counts: most browsers also name those whose sites they want to see. */
const browsers: readonly (readonly [family: string, pattern: RegExp])[] = [
  ['Edge', /\bEdg(?:e|A|iOS)?\/([\d.]+)/],
  ['Opera', /\bOPR\/([\d.]+)/],
  ['Samsung Internet', /\bSamsungBrowser\/([\d.]+)/],
  ['Firefox', /\b(?:Firefox|FxiOS)\/([\d.]+)/],
  ['Chrome', /\b(?:Chrome|CriOS|HeadlessChrome)\/([\d.]+)/],
  ['Safari', /\bVersion\/([\d.]+).* Safari\//],
  ['curl', /^curl\/([\d.]+)/],
];

const systems: readonly (readonly [family: string, pattern: RegExp])[] = [
  ['iOS', /\b(?:iPhone|iPad|iPod).*? OS ([\d_]+)/],
  ['Android', /\bAndroid ?([\d.]*)/],
  ['Windows', /\bWindows NT ([\d.]+)/],
  ['Mac OS X', /\bMac OS X ([\d_.]+)/],
  ['Chrome OS', /\bCrOS \w+ ([\d.]+)/],
  ['Ubuntu', /\bUbuntu\b()/],
  ['Linux', /\bLinux\b()/],
];

const devices: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['iPhone', /\biPhone\b/],
  ['iPad', /\biPad\b/],
  ['Mac', /\bMacintosh\b/],
];

/** Returns what a `User-Agent` says. It is a claim of the client: use it to describe, not to decide. */
export function describeUserAgent(text: string): UserAgent {
  return {
    browser: familyIn(text, browsers),
    os: familyIn(text, systems),
    device: devices.find(([, pattern]) => pattern.test(text))?.[0] ?? 'Other',
  };
}

function familyIn(text: string, known: readonly (readonly [family: string, pattern: RegExp])[]): Family {
  for (const [family, pattern] of known) {
    const version = pattern.exec(text)?.[1];
    if (version === undefined) continue;
    const [major = '', minor = '', patch = ''] = version.split(/[._]/);
    return { family, major, minor, patch };
  }
  return { family: 'Other', major: '', minor: '', patch: '' };
}
