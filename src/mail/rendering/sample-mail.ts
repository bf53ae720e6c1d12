import { type MailData, statedExpiry } from './mail-data.js';

/**
 * Returns example values for every variable of the shipped templates. The link leads to the service and confirms nothing.
 *
 * @param minutes validity of the link that the mail states
 */
export function sampleMail(to: string, url: string, now: Date, minutes = 30): MailData {
  const [username = to] = to.split('@');
  return {
    url,
    choices: [username, `${username}-2`].map((name) => ({ username: name, url })),
    user: { username, name: '', email: to },
    expires: statedExpiry(new Date(now.getTime() + minutes * 60_000)).toISOString(),
    title: 'An example of a notification',
    body: 'This is an example.\nA notification may have several lines.',
    key_value: { Example: 'yes', Address: to },
    source: { from: 'email-stage' },
    host: new URL(url).host,
  };
}
