import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';

import { FlowStageBindingService } from '../flow-stage-binding.service.js';
import { FlowService } from '../flow.service.js';
import { FlowsModule } from '../flows.module.js';
import { Stage } from '../stage.entity.js';
import { Exporter } from './exporter.service.js';
import { flowStageBindingTransfer, flowTransfer } from './flow-transfer.js';
import { groupTransfer, userReference } from './group-transfer.js';
import { Importer } from './importer.service.js';
import { anyOf } from './transfer-model.js';
import { TransferModels } from './transfer-models.js';
import { TransferController } from './transfer.controller.js';

/** Import and export of flows. */
@Module({
  imports: [DiscoveryModule, FlowsModule],
  controllers: [TransferController],
  providers: [Exporter, Importer, TransferModels],
  exports: [Exporter, Importer, TransferModels],
})
export class TransferModule {
  constructor(models: TransferModels, flows: FlowService, bindings: FlowStageBindingService) {
    models.register(flowTransfer(flows));
    models.register(flowStageBindingTransfer(bindings));
    models.register(groupTransfer);
    models.registerFindable(userReference);
    models.registerFindable(anyOf('authentik_flows.stage', Stage));
  }
}
