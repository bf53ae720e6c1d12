import { Body, Controller } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';

import { Current } from '../../rest/access/visible.js';
import { RequestBody } from '../../rest/http/request-body.js';
import { FilePathRequestDto, FileUploadRequestDto } from '../dto/file-upload.dto.js';
import { Flow } from '../flow.entity.js';
import { flows } from '../flow.resource.js';
import { BackgroundService } from './background.service.js';

/** Bytes; a photograph for a large screen has less. */
const largestImage = 5 * 1_048_576;

/** As for every POST about a row, the reference asks for the permission to add too. */
const mayChange = [flows.permission('change'), flows.permission('add')];
const responses = [
  { status: 200, description: 'Success' },
  { status: 400, description: 'Bad request' },
];

/** `/flows/instances/{slug}/`: the image behind the pages. */
@ApiTags('flows')
@Controller('flows/instances')
export class BackgroundController {
  constructor(private readonly service: BackgroundService) {}

  @flows.detailAction({
    method: 'POST',
    path: 'set_background',
    operation: 'set_background_create',
    description:
      'Upload the image behind the pages of one flow. A PNG, JPEG, GIF, WebP or AVIF of at most 5 MB; `clear` removes it.',
    permissions: mayChange,
    responses,
    form: { type: FileUploadRequestDto, largestFile: largestImage },
  })
  async upload(@Current() flow: Flow, @Body() body: RequestBody): Promise<object> {
    await this.service.upload(flow, await body.form());
    return {};
  }

  @flows.detailAction({
    method: 'POST',
    path: 'set_background_url',
    operation: 'set_background_url_create',
    description: 'Set the address of the image behind the pages of one flow.',
    permissions: mayChange,
    responses,
  })
  @ApiBody({ type: FilePathRequestDto })
  async setAddress(@Current() flow: Flow, @Body() body: RequestBody): Promise<object> {
    await this.service.setAddress(flow, body.json());
    return {};
  }
}
