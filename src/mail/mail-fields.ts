import type { RuleContext } from '../rest/fields/field.js';
import { addressProblem } from '../syntax/email-address.js';
import { EmailTemplates } from './email-templates.js';
import { defaultSubjects } from './rendering/subject.js';

/** Options of a field for the language of a mail. */
export const localeField = {
  maxLength: 35,
  description: 'Language of the mail, such as `de` or `zh-Hans`; default: English.',
  example: 'de',
  checks: [
    (value: string): string | undefined =>
      isLocale(value) ? undefined : 'Enter a language tag, such as de or zh-Hans.',
  ],
};

/** Rule: mails can be sent to the address. */
export function canReceive(address: string): Promise<string[] | undefined> {
  const problem = addressProblem('recipient', address);
  return Promise.resolve(problem === undefined ? undefined : [problem]);
}

/** Rule: there is such a template. */
export async function templateExists(path: string, { resolve, manager }: RuleContext): Promise<string[] | undefined> {
  const isKnown = Object.hasOwn(defaultSubjects, path) || (await resolve(EmailTemplates).has(path, manager));
  return isKnown ? undefined : [`Invalid template '${path}' specified.`];
}

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag.replaceAll('_', '-')).length === 1;
  } catch {
    return false;
  }
}
