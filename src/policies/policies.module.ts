import { Module } from '@nestjs/common';

import { Exporter } from '../flows/transfer/exporter.service.js';
import { TransferModels } from '../flows/transfer/transfer-models.js';
import { TransferModule } from '../flows/transfer/transfer.module.js';
import { Referrers } from '../rest/referrers.js';
import { policyBindingsOfFlow, policyBindingTransfer } from './policy-binding-transfer.js';
import { PolicyBindingController } from './policy-binding.controller.js';
import { PolicyBindingService } from './policy-binding.service.js';
import { policyBindingsAbout } from './policy-references.js';

/** Who flows and their stages are for. */
@Module({
  imports: [TransferModule],
  controllers: [PolicyBindingController],
  providers: [PolicyBindingService],
})
export class PoliciesModule {
  constructor(models: TransferModels, exporter: Exporter, bindings: PolicyBindingService, referrers: Referrers) {
    models.register(policyBindingTransfer(bindings));
    exporter.register(policyBindingsOfFlow);
    referrers.register('authentik_core.group', (manager, pk) => [policyBindingsAbout(manager, 'group', pk)]);
    referrers.register('authentik_core.user', (manager, pk) => [policyBindingsAbout(manager, 'user', pk)]);
  }
}
