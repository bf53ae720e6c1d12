import { randomUUID } from 'node:crypto';

import type { MailTemplateDto, MailTemplateRequestDto } from '../../src/mail/stored-templates/dto/mail-template.dto.js';
import type { ApiClient } from '../support/api-client.js';
import { created } from './created.js';

/** Creates a mail template over the API, with a unique name. */
export function createMailTemplate(
  api: ApiClient,
  fields: Partial<MailTemplateRequestDto> = {},
): Promise<MailTemplateDto> {
  return created(
    api.post('/mail/templates/', { name: `email/${randomUUID()}.html`, html: '<p>{{ url }}</p>', ...fields }),
  );
}
