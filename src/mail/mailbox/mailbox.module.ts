import { Module } from '@nestjs/common';

import { TransportModule } from '../transport/transport.module.js';
import { MailboxAccess } from './mailbox-access.js';
import { MailboxController } from './mailbox.controller.js';

/** The pages of the local mailbox. */
@Module({
  imports: [TransportModule],
  controllers: [MailboxController],
  providers: [MailboxAccess],
  exports: [MailboxAccess],
})
export class MailboxModule {}
