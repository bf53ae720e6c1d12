import { Module } from '@nestjs/common';
import { MailerModule } from '@nestjs-modules/mailer';

import { GlobalTransport } from './global-transport.js';
import { MailProxy } from './mail-proxy.js';
import { MailTransports } from './mail-transports.js';
import { Mailbox } from './mailbox/mailbox.js';
import { TokenSources } from './oauth/token-sources.js';
import { transportKinds } from './transport-kinds.js';

/**
 * The transports of mails.
 *
 * The mailer starts without transporters and templates: the SMTP transports add and remove transporters, and mails arrive
 * rendered.
 */
@Module({
  imports: [MailerModule.forRoot({ transports: {} })],
  providers: [
    GlobalTransport,
    MailProxy,
    MailTransports,
    TokenSources,
    ...transportKinds.flatMap(({ factory, providers }) => [factory, ...providers]),
  ],
  exports: [GlobalTransport, MailProxy, MailTransports, Mailbox],
})
export class TransportModule {}
