import type { FieldMessages, NestedMessages } from '../rest/errors/validation-error.js';
import { isMessageOrText, type MessageOrText } from '../rest/messages/messages.js';
import type { ResponseErrors } from './executor-outcome.js';

/** Flattens errors to one list of messages for each field, as `response_errors` has them. */
export function responseErrors(errors: NestedMessages): ResponseErrors {
  return Object.fromEntries(Object.entries(errors).map(([field, messages]) => [field, flattened(messages)]));
}

function flattened(messages: FieldMessages): MessageOrText[] {
  const items: readonly unknown[] = Array.isArray(messages) ? messages : Object.values(messages);
  return items.flatMap((each) => {
    if (typeof each === 'string') return { written: each };
    return isMessageOrText(each) ? each : flattened(each as FieldMessages);
  });
}
