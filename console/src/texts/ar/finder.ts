/** Texts of the search over everything in Arabic. */
export const finder = {
  'finder.find': 'بحث',
  'finder.keys': 'Ctrl K',
  'finder.placeholder': 'ابحث في الشاشات والمستخدمين والرسائل …',
  'finder.screens': 'الشاشات',
  'finder.searching': 'جارٍ البحث …',
  'finder.nothing': 'لا توجد نتائج',
};
