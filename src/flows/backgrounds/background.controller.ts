import { Body, Controller } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';

import { Current } from '../../rest/access/visible.js';
import { RequestBody } from '../../rest/http/request-body.js';
import { FilePathRequestDto, FileUploadRequestDto } from '../dto/file-upload.dto.js';
import { Flow } from '../flow.entity.js';
import { flows } from '../flow.resource.js';
import { BackgroundService } from './background.service.js';

/** Upload limit in bytes; enough for a photograph for a large screen. */
const maxImageBytes = 5 * 1_048_576;

/** As for every POST on an object, the reference requires the add permission too. */
const mayChange = [flows.permission('change'), flows.permission('add')];
const responses = [
  { status: 200, description: 'Success' },
  { status: 400, description: 'Bad request' },
];

/** `/flows/instances/{slug}/`: the background image. */
@ApiTags('flows')
@Controller('flows/instances')
export class BackgroundController {
  constructor(private readonly service: BackgroundService) {}

  @flows.detailAction({
    method: 'POST',
    path: 'set_background',
    operation: 'set_background_create',
    description:
      'Upload the background image of one flow: PNG, JPEG, GIF, WebP or AVIF, at most 5 MB. `clear` removes it.',
    permissions: mayChange,
    responses,
    form: { type: FileUploadRequestDto, largestFile: maxImageBytes },
  })
  async upload(@Current() flow: Flow, @Body() body: RequestBody): Promise<object> {
    await this.service.upload(flow, await body.form());
    return {};
  }

  @flows.detailAction({
    method: 'POST',
    path: 'set_background_url',
    operation: 'set_background_url_create',
    description: 'Set the URL of the background image of one flow.',
    permissions: mayChange,
    responses,
  })
  @ApiBody({ type: FilePathRequestDto })
  async setUrl(@Current() flow: Flow, @Body() body: RequestBody): Promise<object> {
    await this.service.setUrl(flow, body.json());
    return {};
  }
}
