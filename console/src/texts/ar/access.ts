/** Texts about permissions on an object in Arabic. */
export const access = {
  'access.title': 'من يمكنه عرضه أو تغييره',
  'access.superuser': 'مستخدم متميز: يمكنه فعل كل شيء',
  'access.role': 'دور: أعضاء مجموعاته',
  'access.here': '{action}: هذا فقط',
  'access.everywhere': '{action}: الكل',
  'access.giveTitle': 'الأذونات على {name}',
  'access.who': 'مستخدم أو دور',
  'access.what': 'الأذونات',
};
