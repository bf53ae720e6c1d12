import { Module } from '@nestjs/common';

import { FlowExecutionModule } from '../flow-execution/flow-execution.module.js';
import { MailModule } from '../mail/mail.module.js';
import { MailboxModule } from '../mail/mailbox/mailbox.module.js';
import { VerificationsModule } from '../verifications/verifications.module.js';
import { FlowPagesController } from './flow-pages.controller.js';
import { FlowPages } from './flow-pages.js';
import { LandingPageController } from './landing-page.controller.js';
import { LandingPage } from './landing-page.js';
import { NotMeController } from './not-me.controller.js';
import { PageAssetsController } from './page-assets.controller.js';
import { PageAssets } from './page-assets.js';
import { PageErrors } from './page-errors.js';
import { PageNotes } from './page-notes.js';
import { PageRenderer } from './page-renderer.js';
import { PageResponder } from './page-responder.js';
import { PageVisitors } from './page-visitors.js';
import { SecretPages } from './secret-pages.js';
import { VerifyController } from './verify.controller.js';
import { WellKnownController } from './well-known.controller.js';

/** What people see in a browser. */
@Module({
  imports: [FlowExecutionModule, MailboxModule, MailModule, VerificationsModule],
  controllers: [
    FlowPagesController,
    LandingPageController,
    NotMeController,
    PageAssetsController,
    VerifyController,
    WellKnownController,
  ],
  providers: [
    FlowPages,
    LandingPage,
    PageAssets,
    PageErrors,
    PageNotes,
    PageRenderer,
    PageResponder,
    PageVisitors,
    SecretPages,
  ],
})
export class PagesModule {}
