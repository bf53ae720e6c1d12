/** Texts of the parts that screens share in Arabic. */
export const parts = {
  'state.loading': 'جارٍ التحميل …',
  'state.error': 'تعذّر التحميل',
  'state.unreachable': 'لا تستجيب الخدمة. ستُعاد المحاولة بعد قليل.',
  'state.retry': 'إعادة المحاولة',
  'state.forbidden': 'لا يمكنك عرض هذا',
  'state.forbiddenText': 'اطلب إذن العرض من أحد المسؤولين.',
  'state.notFound': 'لا شيء هنا',
  'state.notFoundText': 'تم الحذف أو أن العنوان غير صحيح.',
  'state.toOverview': 'الانتقال إلى النظرة العامة',
  'state.stale': 'قد لا يكون هذا محدَّثًا: لا تستجيب الخدمة.',

  'action.cancel': 'إلغاء',
  'action.copy': 'نسخ',
  'action.copied': 'تم النسخ',
  'action.failed': 'لم ينجح ذلك: {reason}',
  'action.clear': 'مسح عوامل التصفية',

  'list.noneFound': 'لا توجد نتائج مطابقة',
  'list.noneFoundText': 'ابحث عن شيء آخر أو امسح عوامل التصفية.',

  'pager.label': 'الصفحات',
  'pager.range': '{start}–{end} من {count}',
  'pager.previous': 'الصفحة السابقة',
  'pager.next': 'الصفحة التالية',
};
