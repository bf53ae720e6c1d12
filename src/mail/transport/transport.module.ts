import { Module } from '@nestjs/common';
import { MailerModule } from '@nestjs-modules/mailer';

import { MailTransports } from './mail-transports.js';
import { SmtpCheck } from './smtp-check.js';
import { TlsTrust } from './tls-trust.js';

/**
 * The way to mail servers.
 *
 * The mailer begins without transporters, and without templates: `MailTransports` adds and removes transporters as
 * settings come and go, and what it sends is rendered already.
 */
@Module({
  imports: [MailerModule.forRoot({ transports: {} })],
  providers: [MailTransports, SmtpCheck, TlsTrust],
  exports: [MailTransports, SmtpCheck],
})
export class TransportModule {}
