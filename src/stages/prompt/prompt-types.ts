/** The kinds of fields that a visitor can be shown, in the order of the reference's document. */
export const promptTypes = [
  'text',
  'text_area',
  'text_read_only',
  'text_area_read_only',
  'username',
  'email',
  'password',
  'number',
  'checkbox',
  'radio-button-group',
  'dropdown',
  'date',
  'date-time',
  'file',
  'separator',
  'hidden',
  'static',
  'ak-locale',
] as const;
export type PromptType = (typeof promptTypes)[number];
