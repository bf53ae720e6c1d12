import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';

import type { webhooks } from './api/schema';
import { useSession } from './session';

/** Each event of the stream, and the first parts of the keys of the queries whose answers it changes. */
const changes: Readonly<Record<keyof webhooks, readonly string[]>> = {
  'address.changed': [],
  'address.verified': ['mails'],
  'flow.created': [],
  'flow.deleted': [],
  'flow.updated': [],
  'mail.bounced': ['mails'],
  'mail.complained': ['mails'],
  'mail.failed': ['mails'],
  'mail.sent': ['mails'],
  'stage.created': [],
  'stage.deleted': [],
  'stage.updated': [],
  'user.activated': [],
  'user.created': [],
  'user.password_changed': [],
  'user.signed_in': [],
  'verification.approved': ['mails'],
  'verification.canceled': [],
  'verification.expired': [],
  'verification.failed': [],
  'webhook.test': [],
};

/** The events of the stream, and of webhooks. */
export const eventTypes = Object.keys(changes) as readonly (keyof webhooks)[];

/** The log has most of what the stream reports. */
const always = 'events';

/** Milliseconds in which events are collected: they lead to one reload. */
const collected = 1_000;

/** Milliseconds between two looks at what the stream does not report, such as a mail that is queued. */
const unreported = 30_000;

let isFollowing = false;

/** Returns the interval in which a query reloads: `milliseconds`, or more while the stream reports changes. */
export function polled(milliseconds: number): () => number {
  return () => (isFollowing ? Math.max(milliseconds, unreported) : milliseconds);
}

/** Reloads what a screen shows when the stream of events says that it has changed, if the visitor may read the stream. */
export function useLive(): void {
  const client = useQueryClient();
  const isAllowed = useSession().can('add_webhookendpoint');
  useEffect(() => {
    if (!isAllowed) return undefined;
    const source = new EventSource('/api/v3/events/stream/');
    const changed = new Set<string>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const reload = async (): Promise<void> => {
      const keys = [...changed];
      changed.clear();
      await Promise.all(keys.map((key) => client.invalidateQueries({ queryKey: [key] })));
      timer = undefined;
      // What happened meanwhile may not be in these answers.
      if (changed.size > 0) collect([]);
    };
    const collect = (keys: readonly string[]): void => {
      for (const key of keys) changed.add(key);
      timer ??= setTimeout(() => void reload(), collected);
    };
    for (const [type, keys] of Object.entries(changes)) {
      source.addEventListener(type, () => collect([always, ...keys]));
    }
    source.addEventListener('stream.reset', () => collect([always, 'mails']));
    source.onopen = () => {
      isFollowing = true;
    };
    // The browser connects again, unless the service refuses: until then, polling goes on as without a stream.
    source.onerror = () => {
      if (isFollowing) collect([always, 'mails']);
      isFollowing = false;
    };
    return () => {
      isFollowing = false;
      source.close();
      clearTimeout(timer);
    };
  }, [client, isAllowed]);
}
