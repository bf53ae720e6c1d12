/** Texts of the settings in Arabic. */
export const settings = {
  'nav.system': 'النظام',
  'nav.settings': 'الإعدادات',
  'settings.about': 'كما تستخدمها العملية التي تجيب. هي متغيرات بيئتها: غيّرها هناك.',
  'settings.search': 'البحث بالاسم أو الغرض أو القيمة',
  'settings.list': 'قائمة الإعدادات',
  'settings.none': 'لا توجد إعدادات مطابقة',
  'settings.noneText': 'ابحث عن كلمة أخرى.',
  'settings.unset': 'غير محدَّد',
  'settings.from.default': 'افتراضي',
  'settings.from.environment': 'من البيئة',
  'settings.from.file': 'من ملف',
  'settings.default': 'الافتراضي {value}',
  'settings.reload': 'تُطبَّق التغييرات بإعادة التحميل',
  'settings.restart': 'يتطلب التغيير إعادة التشغيل',
};
