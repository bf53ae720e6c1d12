import type { access as english } from '../en/access';

/** Texts about permissions on an object in German. */
export const access: Record<keyof typeof english, string> = {
  'access.title': 'Wer es sehen oder ändern darf',
  'access.superuser': 'Superuser: darf alles',
  'access.role': 'Rolle: die Mitglieder ihrer Gruppen',
  'access.here': '{action}: nur dieses',
  'access.everywhere': '{action}: alle',
  'access.giveTitle': 'Rechte an {name}',
  'access.who': 'Person oder Rolle',
  'access.what': 'Rechte',
};
