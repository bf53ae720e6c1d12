import type { Schema } from '../api/client';
import { catalogHas, t, type TextKey } from '../texts/texts';

type Event = Schema<'Event'>;

/** The object that an event is about. */
export interface EventObject {
  readonly app: string;
  readonly model_name: string;
  readonly pk: unknown;
  readonly name: string;
}

/** Details of an event by their names. */
export type Context = Readonly<Record<string, unknown>>;

/** Returns what happened, in words. */
export function actionText(action: string | undefined = ''): string {
  const key = `event.${action}`;
  return catalogHas(key) ? t(key as TextKey) : action.replaceAll('_', ' ');
}

/** Returns the details of an event. */
export function contextOf({ context }: Event): Context {
  return typeof context === 'object' && context !== null && !Array.isArray(context) ? (context as Context) : {};
}

/** Returns the object that an event is about, if it is about one. */
export function objectOf(event: Event): EventObject | undefined {
  const { model, secret } = contextOf(event);
  const found = (model ?? secret) as Partial<EventObject> | undefined;
  if (typeof found?.model_name !== 'string') return undefined;
  const { app = '', model_name, pk, name = '' } = found;
  return { app, model_name, pk, name };
}

/** Returns what kind of object an event is about, such as "Users". */
export function kindText({ model_name: model }: EventObject): string {
  const key = `model.${model}`;
  return catalogHas(key) ? t(key as TextKey) : model;
}

/** Returns the user who acted; empty for the service itself. */
export function actorOf({ user }: Event): { readonly pk?: number; readonly username: string } {
  const { pk, username } = (user ?? {}) as { pk?: unknown; username?: unknown };
  return { ...(typeof pk === 'number' && { pk }), username: typeof username === 'string' ? username : '' };
}

/** Returns what an event is about, in one line: its message, or the object and the changed fields. */
export function subjectOf(event: Event): string {
  const { message, fields } = contextOf(event);
  if (typeof message === 'string') return message;
  const object = objectOf(event);
  const changed = Array.isArray(fields) ? fields.join(', ') : '';
  const name = object === undefined ? '' : `${kindText(object)}: ${object.name}`;
  return [name, changed].filter((part) => part !== '').join(' · ');
}
