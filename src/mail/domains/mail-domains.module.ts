import { Module } from '@nestjs/common';

import { TransportModule } from '../transport/transport.module.js';
import { Dns } from './dns.js';
import { MailDomainController } from './mail-domain.controller.js';
import { MailDomainService } from './mail-domain.service.js';
import { MailSigner } from './mail-signer.js';
import { SenderChecks } from './sender-checks.service.js';

/** Domains of senders: DKIM keys, and checks of what receivers will think. */
@Module({
  imports: [TransportModule],
  controllers: [MailDomainController],
  providers: [Dns, MailDomainService, MailSigner, SenderChecks],
  exports: [MailSigner, SenderChecks],
})
export class MailDomainsModule {}
