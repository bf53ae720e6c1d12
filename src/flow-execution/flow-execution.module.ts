import { Module } from '@nestjs/common';

import { EventsModule } from '../events/events.module.js';
import { FlowsModule } from '../flows/flows.module.js';
import { MailModule } from '../mail/mail.module.js';
import { ConfirmStageExecutor } from './confirm-stage.executor.js';
import { FirstSignIn } from './first-sign-in.service.js';
import { FlowExecutionController } from './flow-execution.controller.js';
import { FlowExecutorController } from './flow-executor.controller.js';
import { FlowExecutor } from './flow-executor.js';
import { FlowInspectorController } from './flow-inspector.controller.js';
import { FlowInspector } from './flow-inspector.js';
import { FlowNavigationController } from './flow-navigation.controller.js';
import { FlowPlanner } from './flow-planner.js';
import { FlowSessions } from './flow-sessions.js';
import { FlowSteps } from './flow-steps.js';
import { FlowTokenCleanup } from './flow-token-cleanup.service.js';
import { FlowTokens } from './flow-token.service.js';
import { LargeAnswers } from './large-answers.js';
import { LinkRefusals } from './link-refusals.service.js';
import { NotMe } from './not-me.service.js';
import { PlanRestorer } from './plan-restorer.js';
import { RecoveryController } from './recovery.controller.js';
import { Recovery } from './recovery.service.js';
import { RunAnswersStore } from './run-answers.service.js';
import { SessionQueue } from './session-queue.js';
import { StageExecutors } from './stage-executors.js';
import { FlowCounters } from './statistics/flow-counters.service.js';
import { FlowStatisticsController } from './statistics/flow-statistics.controller.js';
import { FlowStatistics } from './statistics/flow-statistics.service.js';
import { UnfinishedSignUps } from './unfinished-sign-ups.service.js';

/** Flow execution: planning, executor, links and recovery. */
@Module({
  imports: [EventsModule, FlowsModule, MailModule],
  controllers: [
    FlowExecutionController,
    FlowExecutorController,
    FlowInspectorController,
    FlowNavigationController,
    FlowStatisticsController,
    RecoveryController,
  ],
  providers: [
    ConfirmStageExecutor,
    FirstSignIn,
    FlowCounters,
    FlowExecutor,
    FlowInspector,
    FlowPlanner,
    FlowSessions,
    FlowStatistics,
    FlowSteps,
    FlowTokenCleanup,
    FlowTokens,
    LargeAnswers,
    LinkRefusals,
    NotMe,
    PlanRestorer,
    Recovery,
    RunAnswersStore,
    SessionQueue,
    StageExecutors,
    UnfinishedSignUps,
  ],
  exports: [FlowExecutor, FlowPlanner, FlowSessions, FlowTokens, NotMe, Recovery, StageExecutors, UnfinishedSignUps],
})
export class FlowExecutionModule {
  constructor(executors: StageExecutors, confirmation: ConfirmStageExecutor) {
    executors.registerInMemory(confirmation);
  }
}
