import type { TestApp } from './test-app.js';

/** A stored event of a change. */
export interface ModelEvent {
  readonly action: string;
  readonly user: { readonly username?: string };
  readonly client_ip: string | null;
  readonly context: {
    readonly model: { readonly app: string; readonly model_name: string; readonly pk: unknown; readonly name: string };
    readonly fields?: readonly string[];
    readonly added?: readonly unknown[];
    readonly removed?: readonly unknown[];
  };
}

/** Runs `work` and returns its result with the events of the changes it made. */
export async function modelEventsOf<T>(app: TestApp, work: () => Promise<T>): Promise<[T, ModelEvent[]]> {
  const known = (await app.dataSource.query<{ pk: string }[]>('select event_uuid as pk from "event"')).map(
    ({ pk }) => pk,
  );
  const result = await work();
  const events = await app.dataSource.query<ModelEvent[]>(
    `select action, "user", client_ip, context from "event"
      where action like 'model\\_%' and event_uuid <> all($1) order by created, action`,
    [known],
  );
  return [result, events];
}

/** Formats an event as one line: action, model and changed fields. */
export function summary({ action, context: { model, fields = [] } }: ModelEvent): string {
  return [action, `${model.app}.${model.model_name}`, ...fields].join(' ');
}
