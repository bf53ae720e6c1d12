import { t, type TextKey } from '../texts/texts';

/** The names of the shipped templates. */
const titles: Readonly<Record<string, TextKey>> = {
  'email/account_choice.html': 'templates.title.accountChoice',
  'email/account_confirmation.html': 'templates.title.confirmation',
  'email/account_exists.html': 'templates.title.accountExists',
  'email/account_locked.html': 'templates.title.locked',
  'email/address_change.html': 'templates.title.addressChange',
  'email/address_changed.html': 'templates.title.addressChanged',
  'email/base.html': 'templates.title.base',
  'email/event_notification.html': 'templates.title.event',
  'email/further_address.html': 'templates.title.furtherAddress',
  'email/invitation.html': 'templates.title.invitation',
  'email/link_confirmed_elsewhere.html': 'templates.title.elsewhere',
  'email/notice.html': 'templates.title.notice',
  'email/password_changed.html': 'templates.title.passwordChanged',
  'email/password_reset.html': 'templates.title.passwordReset',
  'email/setup.html': 'templates.title.setup',
  'email/token_created.html': 'templates.title.token',
  'email/verification.html': 'templates.title.verification',
};

/** Returns what a template is called; one of the administrator by the last part of its path. */
export function titleOf({ name }: { readonly name: string }): string {
  const key = Object.hasOwn(titles, name) ? titles[name] : undefined;
  if (key !== undefined) return t(key);
  const [file = name] = name.split('/').slice(-1);
  const words = file.replace(/\.html$/, '').replaceAll(/[_-]+/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
