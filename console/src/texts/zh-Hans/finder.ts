/** Texts of the search over everything in Simplified Chinese. */
export const finder = {
  'finder.find': '搜索',
  'finder.keys': 'Ctrl K',
  'finder.placeholder': '搜索页面、用户、邮件…',
  'finder.screens': '页面',
  'finder.searching': '正在搜索…',
  'finder.nothing': '未找到结果',
};
