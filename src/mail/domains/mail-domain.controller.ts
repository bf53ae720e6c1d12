import { Body, Controller, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import type { Caller } from '../../core/access/caller.js';
import { CurrentCaller } from '../../core/access/current-caller.js';
import { ResourceController } from '../../core/access/resource-controller.js';
import { LimitedPerUser } from '../../core/limits/limited-per-user.js';
import { Current } from '../../rest/access/visible.js';
import { ValidationErrorDto } from '../../rest/openapi/error.dto.js';
import { Resource } from '../../rest/resource.js';
import { MailDomainListQuery } from './dto/mail-domain-list.query.js';
import {
  MailDomainActivateRequestDto,
  MailDomainCheckDto,
  MailDomainDto,
  MailDomainRequestDto,
  PatchedMailDomainRequestDto,
} from './dto/mail-domain.dto.js';
import { MailDomain } from './mail-domain.entity.js';
import { MailDomainService } from './mail-domain.service.js';

const domains = new Resource({
  operations: 'mail_domains',
  model: 'authentik_mail.maildomain',
  noun: 'mail domain',
  response: MailDomainDto,
  lookup: {
    entity: () => MailDomain,
    parameter: 'domain_uuid',
    property: 'pk',
    format: 'uuid',
    description: 'UUID of the domain.',
  },
});

const mayChange = [domains.permission('change')];
const invalid = { status: 400, type: ValidationErrorDto };

/** `/mail/domains/` */
@ApiTags('mail')
@Controller('mail/domains')
export class MailDomainController extends ResourceController(domains, {
  query: MailDomainListQuery,
  request: MailDomainRequestDto,
  patch: PatchedMailDomainRequestDto,
}) {
  constructor(@Inject(MailDomainService) private readonly domains: MailDomainService) {
    super(domains);
  }

  @domains.detailAction({
    method: 'POST',
    path: 'rotate',
    operation: 'rotate_create',
    description:
      'Make new keys beside the active ones. Publish their records, then activate them. Answers 400 if the domain has ' +
      'pending keys.',
    permissions: mayChange,
    responses: [{ status: 200, type: MailDomainDto }, invalid],
  })
  rotate(@Current() domain: MailDomain, @CurrentCaller() caller: Caller): Promise<MailDomainDto> {
    return this.domains.rotate(domain, caller);
  }

  @domains.detailAction({
    method: 'POST',
    path: 'activate',
    operation: 'activate_create',
    description:
      'Sign with the pending keys from now on, if their records are published, and retire the active ones. Their records ' +
      'must stay for some days, until the mails signed with them have arrived.',
    permissions: mayChange,
    responses: [{ status: 200, type: MailDomainDto }, invalid],
  })
  activate(
    @Current() domain: MailDomain,
    @Body() { force = false }: MailDomainActivateRequestDto,
    @CurrentCaller() caller: Caller,
  ): Promise<MailDomainDto> {
    return this.domains.activate(domain, force, caller);
  }

  @domains.detailAction({
    method: 'POST',
    path: 'check',
    operation: 'check_create',
    description: 'Check what receivers will think of mails from the domain: MX, SPF, DKIM and DMARC.',
    permissions: mayChange,
    responses: [{ status: 200, type: MailDomainCheckDto }, invalid],
  })
  @LimitedPerUser({ name: 'mail_domains_check', times: 30, seconds: 300 })
  check(@Current() domain: MailDomain): Promise<MailDomainCheckDto> {
    return this.domains.check(domain);
  }
}
