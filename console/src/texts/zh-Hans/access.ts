/** Texts about permissions on an object in Simplified Chinese. */
export const access = {
  'access.title': '谁可以查看或更改',
  'access.superuser': '超级用户：可执行任何操作',
  'access.role': '角色：其用户组的成员',
  'access.here': '{action}：仅此项',
  'access.everywhere': '{action}：全部',
  'access.giveTitle': '{name} 的权限',
  'access.who': '用户或角色',
  'access.what': '权限',
};
