/** Texts of the settings in Simplified Chinese. */
export const settings = {
  'nav.system': '系统',
  'nav.settings': '设置',
  'settings.about': '当前响应进程所用的值。它们是进程的环境变量，请在那里更改。',
  'settings.search': '搜索名称、用途或值',
  'settings.list': '设置列表',
  'settings.none': '没有匹配的设置',
  'settings.noneText': '请换个词搜索。',
  'settings.unset': '未设置',
  'settings.from.default': '默认值',
  'settings.from.environment': '来自环境变量',
  'settings.from.file': '来自文件',
  'settings.default': '默认 {value}',
  'settings.reload': '重新加载后生效',
  'settings.restart': '更改后需要重启',
};
