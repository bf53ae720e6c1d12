import { Body, Controller, Inject, Param, Query } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';

import type { Caller } from '../../core/access/caller.js';
import { CurrentCaller } from '../../core/access/current-caller.js';
import { ResourceController } from '../../core/access/resource-controller.js';
import { Current } from '../../rest/access/visible.js';
import { KeyPipe } from '../../rest/fields/key.pipe.js';
import { GenericErrorDto, ValidationErrorDto } from '../../rest/openapi/error.dto.js';
import { Resource } from '../../rest/resource.js';
import { AvailableTemplates } from './available-templates.service.js';
import { AvailableMailTemplateDto, MailTemplateSourceDto, TemplateNameQuery } from './dto/available-template.dto.js';
import { MailTemplateListQuery } from './dto/mail-template-list.query.js';
import {
  MailTemplateDto,
  MailTemplateRequestDto,
  MailTemplateRestoreRequestDto,
  MailTemplateVersionDetailDto,
  MailTemplateVersionDto,
  PatchedMailTemplateRequestDto,
} from './dto/mail-template.dto.js';
import { MailTemplate, mailTemplateModel } from './mail-template.entity.js';
import { MailTemplateService } from './mail-template.service.js';
import { TemplateVersions } from './template-versions.service.js';

const templates = new Resource({
  operations: 'mail_templates',
  model: mailTemplateModel,
  noun: 'mail template',
  response: MailTemplateDto,
  hasVersions: true,
  lookup: {
    entity: () => MailTemplate,
    parameter: 'template_uuid',
    property: 'pk',
    format: 'uuid',
    description: 'UUID of the template.',
  },
});

const invalid = { status: 400, type: ValidationErrorDto };
const viewers = { level: 'authenticated', everywhere: [templates.permission('view')] } as const;

/** `/mail/templates/` */
@ApiTags('mail')
@Controller('mail/templates')
export class MailTemplateController extends ResourceController(templates, {
  query: MailTemplateListQuery,
  request: MailTemplateRequestDto,
  patch: PatchedMailTemplateRequestDto,
}) {
  constructor(
    @Inject(MailTemplateService) private readonly templates: MailTemplateService,
    private readonly versions: TemplateVersions,
    private readonly availableTemplates: AvailableTemplates,
  ) {
    super(templates);
  }

  @templates.collectionAction({
    method: 'GET',
    path: 'available',
    operation: 'available_list',
    description: 'List the templates of all places: the folder, the database and the shipped ones.',
    access: viewers,
    responses: [{ status: 200, type: AvailableMailTemplateDto, isArray: true }],
  })
  available(): Promise<AvailableMailTemplateDto[]> {
    return this.availableTemplates.list();
  }

  @templates.collectionAction({
    method: 'GET',
    path: 'source',
    operation: 'source_retrieve',
    description: 'Get the source of the template that mails use under a name, of any place.',
    access: viewers,
    responses: [{ status: 200, type: MailTemplateSourceDto }, invalid, { status: 404, type: GenericErrorDto }],
  })
  source(@Query() { name }: TemplateNameQuery): Promise<MailTemplateSourceDto> {
    return this.availableTemplates.source(name);
  }

  @templates.detailAction({
    method: 'GET',
    path: 'versions',
    operation: 'versions_list',
    description: 'List the versions of a template, the latest first. The latest 100 are kept.',
    permissions: [],
    responses: [{ status: 200, type: MailTemplateVersionDto, isArray: true }],
  })
  listVersions(@Current() { pk }: MailTemplate): Promise<MailTemplateVersionDto[]> {
    return this.versions.list(pk);
  }

  @templates.detailAction({
    method: 'GET',
    path: 'versions/:version',
    operation: 'versions_retrieve',
    description: 'Get a version of a template with its content.',
    permissions: [],
    responses: [{ status: 200, type: MailTemplateVersionDetailDto }],
  })
  @ApiParam({ name: 'version', schema: { type: 'integer' }, description: 'Number of the version.' })
  getVersion(
    @Current() { pk }: MailTemplate,
    @Param('version', new KeyPipe('integer')) version: number,
  ): Promise<MailTemplateVersionDetailDto> {
    return this.versions.get(pk, version);
  }

  @templates.detailAction({
    method: 'POST',
    path: 'restore',
    operation: 'restore_create',
    description: 'Make the content of a version the current one again. It becomes a new version.',
    permissions: [templates.permission('change')],
    responses: [{ status: 200, type: MailTemplateDto }, invalid, { status: 409, type: GenericErrorDto }],
  })
  restore(
    @Current() { pk }: MailTemplate,
    @Body() { version, expected_version: expected }: MailTemplateRestoreRequestDto,
    @CurrentCaller() caller: Caller,
  ): Promise<MailTemplateDto> {
    return this.templates.restore(pk, version, expected, caller);
  }
}
