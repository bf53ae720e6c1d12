const colours = ['#b91c1c', '#b45309', '#4d7c0f', '#0f766e', '#0369a1', '#4338ca', '#7e22ce', '#be185d'];

/**
 * Returns an SVG of the initials as a data URI, deterministic for a name. No third party learns which users are viewed.
 *
 * @param name the display name, or the user name of a user without one
 */
export function avatarOf(name: string): string {
  const sum = [...name].reduce((total, letter) => total + (letter.codePointAt(0) ?? 0), 0);
  const svg = [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">',
    `<rect width="64" height="64" fill="${colours[sum % colours.length]}"/>`,
    '<text x="50%" y="50%" dy=".35em" text-anchor="middle" font-family="sans-serif" font-size="28" fill="#fff">',
    `${initialsOf(name)}</text></svg>`,
  ];
  return `data:image/svg+xml;base64,${Buffer.from(svg.join('')).toString('base64')}`;
}

/** Returns the initials of the first and last word. Only letters and digits, so no markup can be injected. */
function initialsOf(name: string): string {
  const letters = name.split(/\s+/).flatMap((word) => /[\p{L}\p{N}]/u.exec(word) ?? []);
  return [...letters.slice(0, 1), ...letters.slice(1).slice(-1)].join('').toUpperCase();
}
