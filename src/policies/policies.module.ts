import { Module } from '@nestjs/common';

import { Exporter } from '../flows/transfer/exporter.service.js';
import { TransferModels } from '../flows/transfer/transfer-models.js';
import { TransferModule } from '../flows/transfer/transfer.module.js';
import { policyBindingsOfFlow, policyBindingTransfer } from './policy-binding-transfer.js';
import { PolicyBindingController } from './policy-binding.controller.js';
import { PolicyBindingService } from './policy-binding.service.js';

/** Who flows and their stages are for. */
@Module({
  imports: [TransferModule],
  controllers: [PolicyBindingController],
  providers: [PolicyBindingService],
})
export class PoliciesModule {
  constructor(models: TransferModels, exporter: Exporter, bindings: PolicyBindingService) {
    models.register(policyBindingTransfer(bindings));
    exporter.register(policyBindingsOfFlow);
  }
}
