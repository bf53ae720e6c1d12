import { Module } from '@nestjs/common';

import { FlowsModule } from '../flows/flows.module.js';
import { StageExecutors } from './stage-executors.js';

/** Runs flows: plans them, and leads visitors from stage to stage. */
@Module({
  imports: [FlowsModule],
  providers: [StageExecutors],
  exports: [StageExecutors],
})
export class FlowExecutionModule {}
