import { headerTextProblem } from '../../syntax/header-text.js';
import type { Catalog } from '../../templating/language/catalog.js';
import { cut, singleLine } from '../../templating/plain-text.js';
import { limits } from './limits.js';

/** Default subjects by shipped template. */
export const defaultSubjects: Readonly<Record<string, string>> = {
  'email/password_reset.html': 'Reset your password',
  'email/account_choice.html': 'Reset your password',
  'email/account_confirmation.html': 'Confirm your email address',
  'email/address_change.html': 'Confirm your new email address',
  'email/event_notification.html': 'Notification',
  'email/setup.html': 'Test email',
  'email/invitation.html': 'You have been invited',
  'email/account_exists.html': 'You already have an account',
  'email/password_changed.html': 'Your password was changed',
  'email/address_changed.html': 'Your email address was changed',
  'email/further_address.html': 'The email addresses of your account were changed',
  'email/token_created.html': 'A new API token was created',
  'email/link_confirmed_elsewhere.html': 'A link was used in another browser',
  'email/account_locked.html': 'Too many failed sign-in attempts',
  'email/verification.html': 'Confirm your email address',
  'email/address_verification.html': 'Confirm an email address for an account',
};

/** Further common subjects, which are translated too. */
export const knownSubjects: readonly string[] = [
  'Account confirmation',
  'Confirm your account',
  'Password recovery',
  'Password reset',
  'Reset your password',
  'Verify your email address',
  'Welcome',
  'Your sign-in code',
  'Your sign-in link',
];

/**
 * Returns the subject of a mail: the configured one or else the default of the template with the name of the service,
 * translated if the catalog has it. It is literal text and no template: one line of at most 250 characters, without
 * control characters.
 */
export function subjectOf(
  { subject, template }: { readonly subject: string; readonly template: string },
  catalog: Catalog,
  serviceName: string,
): string {
  const given = singleLine(subject);
  const text = catalog.translate({ id: given === '' ? defaultSubjectOf(template) : given });
  return headerText(given === '' ? `${text} – ${serviceName}` : text);
}

/** Returns the default subject of a template in English, without the name of the service. */
export function defaultSubjectOf(template: string): string {
  return (Object.hasOwn(defaultSubjects, template) ? defaultSubjects[template] : undefined) ?? 'Notification';
}

/** Returns why no mail can have this subject; undefined if mails can. */
export function subjectProblem(subject: string): string | undefined {
  return headerTextProblem('subject', headerText(subject));
}

function headerText(subject: string): string {
  return cut(singleLine(subject), limits.subject);
}
