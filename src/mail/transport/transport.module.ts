import { Module } from '@nestjs/common';
import { MailerModule } from '@nestjs-modules/mailer';

import { MailTransports } from './mail-transports.js';
import { SmtpCheck } from './smtp-check.js';
import { TlsTrust } from './tls-trust.js';

/**
 * SMTP transport.
 *
 * The mailer starts without transporters and templates: the pools of `MailTransports` add and remove transporters, and
 * mails arrive rendered.
 */
@Module({
  imports: [MailerModule.forRoot({ transports: {} })],
  providers: [MailTransports, SmtpCheck, TlsTrust],
  exports: [MailTransports, SmtpCheck],
})
export class TransportModule {}
