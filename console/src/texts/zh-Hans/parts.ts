/** Texts of the parts that screens share in Simplified Chinese. */
export const parts = {
  'state.loading': '正在加载…',
  'state.error': '无法加载',
  'state.unreachable': '服务没有响应，稍后将自动重试。',
  'state.retry': '重试',
  'state.forbidden': '您无权查看此内容',
  'state.forbiddenText': '请向管理员申请查看权限。',
  'state.notFound': '此处没有内容',
  'state.notFoundText': '内容已被删除，或地址有误。',
  'state.toOverview': '前往概览',
  'state.stale': '内容可能已过时：服务没有响应。',

  'action.cancel': '取消',
  'action.copy': '复制',
  'action.copied': '已复制',
  'action.failed': '操作失败：{reason}',
  'action.clear': '清除筛选条件',

  'list.noneFound': '没有匹配项',
  'list.noneFoundText': '请更换搜索内容或清除筛选条件。',

  'pager.label': '分页',
  'pager.range': '第 {start}–{end} 项，共 {count} 项',
  'pager.previous': '上一页',
  'pager.next': '下一页',
};
