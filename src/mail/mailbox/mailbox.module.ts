import { Module } from '@nestjs/common';

import { MailboxAccess } from './mailbox-access.js';
import { MailboxController } from './mailbox.controller.js';
import { Mailbox } from './mailbox.js';

/** The local mailbox and its pages. */
@Module({ controllers: [MailboxController], providers: [Mailbox, MailboxAccess], exports: [Mailbox, MailboxAccess] })
export class MailboxModule {}
