import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { ResourceController } from '../../core/access/resource-controller.js';
import { TypeCreateDto } from '../../flows/dto/stage.dto.js';
import { EmailTemplates } from '../../mail/email-templates.js';
import { emailStage } from './email-stage.definition.js';
import { EmailStageService } from './email-stage.service.js';

/** `/stages/email/`: the routes that every stage kind has, and the list of templates. */
@ApiTags('stages')
@Controller('stages/email')
export class EmailStageController extends ResourceController(emailStage.resource, emailStage) {
  constructor(
    service: EmailStageService,
    private readonly emailTemplates: EmailTemplates,
  ) {
    super(service);
  }

  @emailStage.resource.collectionAction({
    method: 'GET',
    path: 'templates',
    operation: 'templates_list',
    description: 'List the available templates: shipped ones, then custom ones.',
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
}
