/** Texts about permissions on an object in Spanish. */
export const access = {
  'access.title': 'Quién puede verlo o cambiarlo',
  'access.superuser': 'Superusuario: puede hacer todo',
  'access.role': 'Rol: los miembros de sus grupos',
  'access.here': '{action}: solo este',
  'access.everywhere': '{action}: todos',
  'access.giveTitle': 'Permisos sobre {name}',
  'access.who': 'Usuario o rol',
  'access.what': 'Permisos',
};
