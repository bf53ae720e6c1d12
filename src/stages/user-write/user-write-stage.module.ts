import { Module } from '@nestjs/common';

import { Group } from '../../core/groups/group.entity.js';
import { EventsModule } from '../../events/events.module.js';
import { FlowExecutionModule } from '../../flow-execution/flow-execution.module.js';
import { StageExecutors } from '../../flow-execution/stage-executors.js';
import { FlowsModule } from '../../flows/flows.module.js';
import { StageKinds } from '../../flows/stage-kinds.js';
import { stagesThatName } from '../../flows/stage-references.js';
import { Referrers } from '../../rest/referrers.js';
import { SignUpLimit } from './sign-up-limit.js';
import { UnconfirmedUsers } from './unconfirmed-users.service.js';
import { UserWriteStageController } from './user-write-stage.controller.js';
import { UserWriteStageExecutor } from './user-write-stage.executor.js';
import { userWriteStageKind } from './user-write-stage.kind.js';
import { UserWriteStageService } from './user-write-stage.service.js';

/** The user write stage. */
@Module({
  imports: [EventsModule, FlowsModule, FlowExecutionModule],
  controllers: [UserWriteStageController],
  providers: [UserWriteStageService, UserWriteStageExecutor, SignUpLimit, UnconfirmedUsers],
  exports: [UserWriteStageService],
})
export class UserWriteStageModule {
  constructor(kinds: StageKinds, executors: StageExecutors, executor: UserWriteStageExecutor, referrers: Referrers) {
    kinds.register(userWriteStageKind);
    executors.register(executor);
    referrers.register('authentik_core.group', (manager, pk) => stagesThatName(manager, Group, String(pk)));
  }
}
