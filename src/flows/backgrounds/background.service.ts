import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { AppError } from '../../rest/errors/app-error.js';
import { StatusError } from '../../rest/errors/status-error.js';
import { ValidationError } from '../../rest/errors/validation-error.js';
import type { Form } from '../../rest/http/form.js';
import { imageKindOf } from '../../syntax/image-kind.js';
import type { Flow } from '../flow.entity.js';
import { BackgroundFiles } from './background-files.js';

/** Longer than any useful URL, in characters. */
const maxUrlLength = 2000;

/** Sets the background images of flows (management API, section 5.3). */
@Injectable()
export class BackgroundService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly files: BackgroundFiles,
  ) {}

  /**
   * Stores the uploaded file as the background, or restores the default if `clear` is true.
   *
   * @throws StatusError 400 if the form has neither; ValidationError if the file is not an image
   */
  async upload(flow: Flow, { fields, file }: Form): Promise<void> {
    if (fields.get('clear')?.toLowerCase() === 'true') return this.replace(flow, '');
    if (file === undefined) throw new StatusError(400);
    const kind = imageKindOf(file);
    if (kind === undefined) throw new ValidationError({ file: ['This is not a PNG, JPEG, GIF, WebP or AVIF image.'] });
    const stored = await this.files.store(file, kind);
    try {
      await this.replace(flow, stored);
    } catch (error) {
      await this.files.discard(stored);
      throw error;
    }
  }

  /**
   * Sets a URL as the background, unchanged.
   *
   * @throws StatusError 400 if it is missing, too long or contains control characters
   */
  async setUrl(flow: Flow, request: unknown): Promise<void> {
    const { url } = (request ?? {}) as { url?: unknown };
    const isText = typeof url === 'string' && url.length <= maxUrlLength && !/\p{Cc}/u.test(url);
    if (!isText) throw new StatusError(400);
    await this.replace(flow, url);
  }

  /** @throws AppError `notFound` if the flow has just been deleted */
  private async replace({ pk }: Flow, background: string): Promise<void> {
    const [before] = await this.dataSource.transaction(async (manager) => {
      const rows = await manager.query<{ background: string }[]>(
        'select background from "flow" where flow_uuid = $1 for update',
        [pk],
      );
      await manager.query('update "flow" set background = $2 where flow_uuid = $1', [pk, background]);
      return rows;
    });
    if (before === undefined) throw new AppError('notFound');
    if (before.background !== background) await this.files.discard(before.background);
  }
}
