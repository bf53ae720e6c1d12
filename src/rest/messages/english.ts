import type { FieldMessages, NestedMessages } from '../errors/validation-error.js';
import { isMessageOrText, type MessageCode, type MessageOrText, messageTexts } from './messages.js';

/** authentik's codes in `response_errors`; every other message has `invalid`. */
const wireCodes: Readonly<Partial<Record<MessageCode, string>>> = {
  required: 'required',
  blank: 'blank',
  null: 'null',
  noData: 'null',
  notChoice: 'invalid_choice',
  maxLength: 'max_length',
  maxValue: 'max_value',
  minValue: 'min_value',
  nullCharacters: 'null_characters_not_allowed',
  mailResent: 'email-sent',
  confirmedElsewhere: 'confirmed',
};

/** Returns the English text of a message for the API. */
export function englishOf(shown: MessageOrText): string {
  if ('written' in shown) return shown.written;
  const text: string | readonly [string, string] = messageTexts[shown.code];
  const values: Readonly<Record<string, string | number>> = shown.values;
  const form = typeof text === 'string' ? text : text[Object.values(values)[0] === 1 ? 0 : 1];
  return form.replace(/%\((\w+)\)s/g, (_, name: string) => String(values[name]));
}

/** Returns authentik's code of a message. */
export function wireCodeOf(shown: MessageOrText): string {
  return ('code' in shown ? wireCodes[shown.code] : undefined) ?? 'invalid';
}

/** Returns errors with English texts, as the API answers them. */
export function englishErrors(errors: NestedMessages): object {
  return Object.fromEntries(Object.entries(errors).map(([field, messages]) => [field, englishMessages(messages)]));
}

/** As `englishErrors`, of one field. */
export function englishMessages(messages: FieldMessages): unknown {
  if (!Array.isArray(messages)) return englishErrors(messages as NestedMessages);
  return messages.map((each: string | MessageOrText | FieldMessages) => {
    if (typeof each === 'string') return each;
    return isMessageOrText(each) ? englishOf(each) : englishMessages(each);
  });
}
