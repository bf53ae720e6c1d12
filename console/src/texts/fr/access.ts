/** Texts about permissions on an object in French. */
export const access = {
  'access.title': 'Qui peut le voir ou le modifier',
  'access.superuser': 'Super-utilisateur : peut tout faire',
  'access.role': 'Rôle : les membres de ses groupes',
  'access.here': '{action} : celui-ci',
  'access.everywhere': '{action} : tous',
  'access.giveTitle': 'Autorisations sur {name}',
  'access.who': 'Utilisateur ou rôle',
  'access.what': 'Autorisations',
};
