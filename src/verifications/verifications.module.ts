import { Module } from '@nestjs/common';

import { EventsModule } from '../events/events.module.js';
import { MailModule } from '../mail/mail.module.js';
import { ProofsModule } from '../proofs/proofs.module.js';
import { JwksController } from './signing/jwks.controller.js';
import { SigningKeys } from './signing/signing-keys.service.js';
import { VerificationTokens } from './signing/verification-tokens.service.js';
import { UserAddressVerificationController } from './user-address-verification.controller.js';
import { VerificationCheck } from './verification-check.service.js';
import { VerificationLinks } from './verification-links.service.js';
import { VerificationMail } from './verification-mail.service.js';
import { VerificationStore } from './verification-store.js';
import { VerificationController } from './verification.controller.js';
import { VerificationService } from './verification.service.js';

/** Verifications of addresses for applications and users, without a flow. */
@Module({
  imports: [EventsModule, MailModule, ProofsModule],
  controllers: [JwksController, UserAddressVerificationController, VerificationController],
  providers: [
    SigningKeys,
    VerificationCheck,
    VerificationLinks,
    VerificationMail,
    VerificationService,
    VerificationStore,
    VerificationTokens,
  ],
  exports: [SigningKeys, VerificationLinks],
})
export class VerificationsModule {}
