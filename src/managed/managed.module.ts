import { Module } from '@nestjs/common';

import { EventsModule } from '../events/events.module.js';
import { TransferModels } from '../flows/transfer/transfer-models.js';
import { TransferModule } from '../flows/transfer/transfer.module.js';
import { BlueprintApplier } from './blueprint-applier.js';
import { BlueprintFiles } from './blueprint-files.js';
import { BlueprintStart } from './blueprint-start.service.js';
import { BlueprintController } from './blueprint.controller.js';
import { BlueprintService } from './blueprint.service.js';
import { requireBlueprint, requiredBlueprint } from './required-blueprint.js';

/** Registered blueprints, and applying them at the start. */
@Module({
  imports: [EventsModule, TransferModule],
  controllers: [BlueprintController],
  providers: [BlueprintApplier, BlueprintFiles, BlueprintService, BlueprintStart],
})
export class ManagedModule {
  constructor(models: TransferModels) {
    models.registerMeta(requiredBlueprint, requireBlueprint);
  }
}
