import { randomUUID } from 'node:crypto';

import type { DataSource } from 'typeorm';
import { expect, vi } from 'vitest';

import type { NotificationDto } from '../../src/notifications/dto/notification.dto.js';
import { created } from '../factories/created.js';
import type { ApiClient } from './api-client.js';
import { createPlainUser } from './plain-user.js';
import type { TestApp } from './test-app.js';

/** For what workers do. */
export const patience = { timeout: 20_000, interval: 50 };

/** A user with an API token. */
export interface Reader {
  readonly pk: number;
  readonly username: string;
  readonly email: string;
  readonly api: ApiClient;
}

export async function createReader(app: TestApp): Promise<Reader> {
  const api = app.client(await createPlainUser(app.dataSource));
  const { pk, username } = (await api.get('/core/users/me/')).body.user;
  const email = `${username}@example.org`;
  await app.api.patch(`/core/users/${pk}/`, { email });
  return { pk, username, email, api };
}

/** Criteria of a matcher. */
export const roleCreated = { action: 'model_created', model: 'authentik_rbac.role' } as const;

/** Causes an event that `roleCreated` matches. @returns the name of the role */
export async function createRole(api: ApiClient): Promise<string> {
  const name = `role-${randomUUID()}`;
  await created(api.post('/rbac/roles/', { name }));
  return name;
}

/** The notifications of a user, the oldest first. */
export async function notificationsOf(api: ApiClient): Promise<NotificationDto[]> {
  return (await api.get('/events/notifications/?ordering=created')).body.results;
}

/** Their summaries. */
export const bodiesOf = async (api: ApiClient): Promise<string[]> =>
  (await notificationsOf(api)).map(({ body }) => body);

/** Waits until no event waits for rules. */
export async function settled(dataSource: DataSource): Promise<void> {
  await vi.waitFor(async () => {
    expect(await dataSource.query(`select * from "event_for_rules"`)).toEqual([]);
  }, patience);
}
