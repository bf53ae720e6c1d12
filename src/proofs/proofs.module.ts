import { Module } from '@nestjs/common';

import { ProofCodes } from './proof-codes.service.js';
import { ProofLimits } from './proof-limits.service.js';
import { ProofSources } from './proof-sources.js';

/** What proves an address, for all that need a proof: limits of mails and codes, and the check of codes. */
@Module({ providers: [ProofCodes, ProofLimits, ProofSources], exports: [ProofCodes, ProofLimits, ProofSources] })
export class ProofsModule {}
