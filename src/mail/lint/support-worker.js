import { doIUseEmail } from '@jsx-email/doiuse-email';

/** The mail programs that most people read mail with. */
const emailClients = [
  'apple-mail.*',
  'gmail.desktop-webmail',
  'gmail.ios',
  'gmail.android',
  'outlook.*',
  'samsung-email.android',
  'yahoo.*',
];

const unsupported = /^`(.+)` is not supported by `(.+)`$/;

/**
 * Task of the pool in `program-support.ts`. It is JavaScript, because tests run the sources and a worker does not compile
 * them.
 *
 * @param {string} html
 * @returns {[feature: string, clients: string[]][]} what the HTML uses and which mail programs do not support it
 */
export default function check(html) {
  const report = doIUseEmail(html, { emailClients });
  const found = new Map();
  for (const message of report.success ? [] : report.errors) {
    const [, feature, client] = unsupported.exec(message) ?? [];
    if (feature === undefined) continue;
    if (!found.has(feature)) found.set(feature, new Set());
    found.get(feature).add(client);
  }
  return [...found].map(([feature, clients]) => [feature, [...clients]]);
}
