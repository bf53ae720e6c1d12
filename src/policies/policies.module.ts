import { Module } from '@nestjs/common';

import { PolicyBindingController } from './policy-binding.controller.js';
import { PolicyBindingService } from './policy-binding.service.js';

/** Who flows and their stages are for. */
@Module({ controllers: [PolicyBindingController], providers: [PolicyBindingService] })
export class PoliciesModule {}
