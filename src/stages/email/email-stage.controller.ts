import { Body, Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { CurrentCaller } from '../../core/access/access.guard.js';
import { Caller } from '../../core/access/caller.js';
import { TypeCreateDto } from '../../flows/dto/stage.dto.js';
import { EmailTemplates } from '../../mail/email-templates.js';
import type { VisibleRows } from '../../rest/access/route-access.js';
import { Current, Visible } from '../../rest/access/visible.js';
import type { Page } from '../../rest/list/page.js';
import { readUsedBy, type UsedByDto } from '../../rest/used-by.js';
import { EmailStageListQuery } from './dto/email-stage-list.query.js';
import { EmailStageDto, EmailStageRequestDto, PatchedEmailStageRequestDto } from './dto/email-stage.dto.js';
import { EmailStage } from './email-stage.entity.js';
import { emailStages as stages } from './email-stage.resource.js';
import { EmailStageService } from './email-stage.service.js';

/** `/stages/email/` */
@ApiTags('stages')
@Controller('stages/email')
export class EmailStageController {
  constructor(
    private readonly service: EmailStageService,
    private readonly emailTemplates: EmailTemplates,
  ) {}

  @stages.list()
  list(@Query() query: EmailStageListQuery, @Visible() visible: VisibleRows): Promise<Page<EmailStageDto>> {
    return this.service.list(query, visible);
  }

  @stages.create()
  create(@Body() request: EmailStageRequestDto, @CurrentCaller() caller: Caller): Promise<EmailStageDto> {
    return this.service.createBy(caller, request);
  }

  @stages.collectionAction({
    method: 'GET',
    path: 'templates',
    operation: 'templates_list',
    description: 'List the templates that a stage can choose: the shipped ones, then your own.',
    access: { level: 'authenticated' },
    responses: [{ status: 200, type: TypeCreateDto, isArray: true }],
  })
  async templates(): Promise<TypeCreateDto[]> {
    const choices = await this.emailTemplates.choices();
    return choices.map(({ path, label }) => ({
      name: path,
      description: label,
      component: '',
      model_name: '',
      requires_enterprise: false,
    }));
  }

  @stages.retrieve()
  get(@stages.key() pk: string, @Visible() visible: VisibleRows): Promise<EmailStageDto> {
    return this.service.get(pk, visible);
  }

  @stages.replace()
  replace(
    @Current() stage: EmailStage,
    @Body() request: EmailStageRequestDto,
    @CurrentCaller() caller: Caller,
  ): Promise<EmailStageDto> {
    return this.service.updateBy(caller, stage, request);
  }

  @stages.update()
  update(
    @Current() stage: EmailStage,
    @Body() request: PatchedEmailStageRequestDto,
    @CurrentCaller() caller: Caller,
  ): Promise<EmailStageDto> {
    return this.service.updateBy(caller, stage, request);
  }

  @stages.remove()
  remove(@Current() stage: EmailStage): Promise<void> {
    return this.service.remove(stage);
  }

  @stages.usedBy()
  async usedBy(
    @stages.key() pk: string,
    @Visible() visible: VisibleRows,
    @CurrentCaller() caller: Caller,
  ): Promise<UsedByDto[]> {
    return readUsedBy(await this.service.references(pk, visible), caller);
  }
}
