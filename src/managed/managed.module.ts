import { Module } from '@nestjs/common';

import { EventsModule } from '../events/events.module.js';
import { TransferModule } from '../flows/transfer/transfer.module.js';
import { BlueprintApplier } from './blueprint-applier.js';
import { BlueprintFiles } from './blueprint-files.js';
import { BlueprintStart } from './blueprint-start.service.js';
import { BlueprintController } from './blueprint.controller.js';
import { BlueprintService } from './blueprint.service.js';

/** Registered blueprints, and applying them at the start. */
@Module({
  imports: [EventsModule, TransferModule],
  controllers: [BlueprintController],
  providers: [BlueprintApplier, BlueprintFiles, BlueprintService, BlueprintStart],
})
export class ManagedModule {}
