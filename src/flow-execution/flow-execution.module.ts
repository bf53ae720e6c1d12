import { Module } from '@nestjs/common';

import { EventsModule } from '../events/events.module.js';
import { FlowsModule } from '../flows/flows.module.js';
import { FlowExecutorController } from './flow-executor.controller.js';
import { FlowExecutor } from './flow-executor.js';
import { FlowPlanner } from './flow-planner.js';
import { FlowSteps } from './flow-steps.js';
import { PlanRestorer } from './plan-restorer.js';
import { StageExecutors } from './stage-executors.js';

/** Runs flows: plans them, and leads visitors from stage to stage. */
@Module({
  imports: [EventsModule, FlowsModule],
  controllers: [FlowExecutorController],
  providers: [FlowExecutor, FlowPlanner, FlowSteps, PlanRestorer, StageExecutors],
  exports: [FlowExecutor, FlowPlanner, StageExecutors],
})
export class FlowExecutionModule {}
