import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';

import { Sessions } from '../core/sessions/session.service.js';
import type { InvalidResponseAction } from '../flows/flow-choices.js';
import { FlowStageBinding } from '../flows/flow-stage-binding.entity.js';
import { Stage } from '../flows/stage.entity.js';
import { passingTargets } from '../policies/policy-engine.js';
import { ValidationError } from '../rest/errors/validation-error.js';
import { message } from '../rest/messages/messages.js';
import type { ExecutorAnswer, ResponseErrors } from './executor-answer.js';
import { challengeAnswer, deniedAnswer, redirectAnswer } from './executor-answers.js';
import { FlowPlanner, subjectOf } from './flow-planner.js';
import type { FlowRun } from './flow-run.js';
import { localPath } from './next-url.js';
import { withPast } from './plan-history.js';
import { PlanRestorer, type Restored } from './plan-restorer.js';
import { stepOf } from './plan-step.js';
import type { FlowPlan, PlanContext, PlannedStage } from './plan.js';
import { responseErrors } from './response-errors.js';
import { StageExecution } from './stage-execution.js';
import type { StageOutcome } from './stage-executor.js';
import { StageExecutors } from './stage-executors.js';

/** What is posted. */
export interface Posted {
  readonly body: unknown;
  /** The stage that it answers (`stepOf`); undefined: the current one, whichever that is. */
  readonly step?: string | undefined;
}

/** The stage that the visitor is at. */
interface Reached {
  readonly invalidResponseAction: InvalidResponseAction;
  show(): Promise<StageOutcome>;
  answer(body: unknown): Promise<StageOutcome>;
}

/** Leads a visitor one step through a flow (flow execution, sections 2.4 to 2.8). */
@Injectable()
export class FlowSteps {
  constructor(
    private readonly planner: FlowPlanner,
    private readonly executors: StageExecutors,
    private readonly restorer: PlanRestorer,
    private readonly sessions: Sessions,
    private readonly moduleRef: ModuleRef,
  ) {}

  /** @param posted the answer to the current stage; undefined for a look at it */
  async take(run: FlowRun, posted: Posted | undefined): Promise<ExecutorAnswer> {
    const { state } = run;
    const opened = await this.restore(run);
    if (opened.kind === 'denied') return deniedAnswer(run, {}, opened.message);
    if (opened.kind === 'plan') return this.goOnFromLink(run, opened.plan, posted);
    if (state.plan === 'broken') return this.unusable(run);
    if (state.plan !== undefined && state.plan.flow !== run.flow.pk) delete state.plan;
    if (state.plan === undefined) {
      state.history = [];
      const instead = await this.begin(run, {});
      if (instead !== undefined) return instead;
    }
    return this.goOn(run, posted);
  }

  /** The visitor has nothing more to do in this flow (flow execution, section 2.6). */
  async finish(run: FlowRun): Promise<ExecutorAnswer> {
    const context = planOf(run)?.context ?? {};
    const wanted = run.query.getAll('next').at(-1) ?? '/';
    cancel(run);
    // Only this server sets the former; the latter stands in the address, where anybody can have put it.
    const to = context.redirect ?? localPath(wanted);
    return to === undefined ? deniedAnswer(run, context, message('nextUrlInvalid')) : redirectAnswer(run, to);
  }

  private async restore(run: FlowRun): Promise<Restored> {
    const { manager, query, flow, visitor, state } = run;
    const token = query.getAll('flow_token').at(-1);
    if (token === undefined) return { kind: 'nothing' };
    const current = planOf(run);
    const plan = current?.flow === flow.pk ? current : undefined;
    const remembered = (name: string): unknown => (Object.hasOwn(state.memory, name) ? state.memory[name] : undefined);
    return this.restorer.restore({ manager, token, flow, plan, remembered, visitor });
  }

  /** Goes on with the plan of a link. Until its first stage is passed the session stays at what it was at before. */
  private async goOnFromLink(run: FlowRun, plan: FlowPlan, posted: Posted | undefined): Promise<ExecutorAnswer> {
    const { state } = run;
    const { plan: before } = state;
    run.link = { plan, isFollowed: false };
    state.plan = plan;
    const answer = await this.goOn(run, posted);
    if (run.link.isFollowed) return answer;
    if (before === undefined) delete state.plan;
    else state.plan = before;
    return answer;
  }

  /** Makes a plan. @returns what the visitor is told instead, if there is nothing to do or the flow is not for them */
  private async begin(run: FlowRun, context: PlanContext): Promise<ExecutorAnswer | undefined> {
    const { manager, flow, visitor, state } = run;
    const planned = await this.planner.plan(manager, flow, visitor.user, context);
    if (planned.kind === 'notApplicable') return this.refuse(run, context);
    state.plan = planned.plan;
    return planned.kind === 'empty' ? this.finish(run) : undefined;
  }

  /** The flow is not for this visitor (flow execution, section 2.7). */
  private async refuse(run: FlowRun, context: PlanContext): Promise<ExecutorAnswer> {
    const { flow, visitor, deniedNext } = run;
    // Who wants to sign in and is signed in has got there.
    if (flow.designation === 'authentication' && visitor.user !== undefined) return this.finish(run);
    cancel(run);
    const next = deniedNext === undefined ? undefined : localPath(deniedNext);
    if (flow.deniedAction !== 'message' && next !== undefined) return redirectAnswer(run, next);
    if (flow.deniedAction === 'continue') return redirectAnswer(run, '/');
    return deniedAnswer(run, context, message('flowNotApplicable'));
  }

  private async goOn(run: FlowRun, posted: Posted | undefined): Promise<ExecutorAnswer> {
    const plan = planOf(run);
    if (plan === undefined) throw new Error('there is no plan to go on with');
    // Sent twice, or from a page that the visitor has gone on from: it is no answer to what is asked now.
    if (posted?.step !== undefined && posted.step !== stepOf(plan)) return { kind: 'continue' };
    const skipped: PlannedStage[] = [];
    for (let next = plan.bindings[0]; next !== undefined; next = plan.bindings[0]) {
      const reached = await this.reach(run, plan, next);
      if (reached === 'unusable') return this.unusable(run);
      if (reached !== 'skipped') return this.ask(run, plan, skipped, reached, posted);
      plan.bindings.shift();
      skipped.push(next);
    }
    return this.finish(run);
  }

  /** Finds out what a planned stage is now, and whether it is still for this visitor (flow execution, section 1.4). */
  private async reach(run: FlowRun, plan: FlowPlan, planned: PlannedStage): Promise<Reached | 'skipped' | 'unusable'> {
    const { manager, flow, visitor } = run;
    if ('inMemory' in planned) {
      const executor = this.executors.findInMemory(planned.inMemory);
      if (executor === undefined) return 'unusable';
      const execution = this.executionOf(run, plan, undefined);
      return {
        invalidResponseAction: 'retry',
        show: () => executor.show(execution),
        answer: (body) => executor.answer(execution, body),
      };
    }
    // A stage that is gone counts as not passed: who makes a flow shorter does not let those through who are in it.
    const binding = await manager.findOneBy(FlowStageBinding, { pk: planned.binding, targetId: flow.pk });
    if (binding?.stageId !== planned.stage) return 'unusable';
    if (planned.reEvaluate) {
      const kept = await passingTargets(
        manager,
        'binding',
        [binding.pk],
        subjectOf(visitor.user, plan.context),
        plan.context,
      );
      if (!kept.has(binding.pk)) return 'skipped';
    }
    const stage = await manager.findOneByOrFail(Stage, { pk: binding.stageId });
    const executor = this.executors.get(stage.kind);
    const execution = this.executionOf(run, plan, stage);
    return {
      invalidResponseAction: binding.invalidResponseAction,
      show: () => executor.show(execution),
      answer: (body) => executor.answer(execution, body),
    };
  }

  private async ask(
    run: FlowRun,
    plan: FlowPlan,
    skipped: readonly PlannedStage[],
    reached: Reached,
    posted: Posted | undefined,
  ): Promise<ExecutorAnswer> {
    const outcome = await (posted === undefined ? reached.show() : answered(reached, posted.body));
    if (outcome.kind !== 'rejected') return this.follow(run, plan, skipped, outcome);
    if (reached.invalidResponseAction !== 'retry') {
      const isWithContext = reached.invalidResponseAction === 'restart_with_context';
      return (await this.begin(run, isWithContext ? plan.context : {})) ?? { kind: 'continue' };
    }
    const again = await reached.show();
    if (again.kind === 'rejected') throw new Error('a stage that is shown has nothing to reject');
    return this.follow(run, plan, skipped, again, responseErrors(outcome.errors));
  }

  private async follow(
    run: FlowRun,
    plan: FlowPlan,
    skipped: readonly PlannedStage[],
    outcome: Exclude<StageOutcome, { kind: 'rejected' }>,
    errors?: ResponseErrors,
  ): Promise<ExecutorAnswer> {
    switch (outcome.kind) {
      case 'challenge':
        // What was skipped is asked again with the next request: only a stage that is passed decides anything.
        plan.bindings.unshift(...skipped);
        return challengeAnswer(run, plan.context, outcome.challenge, errors);
      case 'passed':
        // What the browser was at before is no part of where a link leads.
        run.state.history = withPast(run.link === undefined ? run.state.history : [], plan);
        if (run.link !== undefined) run.link.isFollowed = true;
        plan.bindings.shift();
        return plan.bindings.length > 0 ? { kind: 'continue' } : this.finish(run);
      case 'denied':
        cancel(run);
        return deniedAnswer(run, plan.context, outcome.message);
    }
  }

  private unusable(run: FlowRun): Promise<ExecutorAnswer> {
    cancel(run);
    return deniedAnswer(run, {});
  }

  private executionOf<S extends Stage | undefined>(run: FlowRun, plan: FlowPlan, stage: S): StageExecution<S> {
    return new StageExecution(run, plan, stage, this.sessions, (token) =>
      this.moduleRef.get<never>(token, { strict: false }),
    );
  }
}

function planOf({ state }: FlowRun): FlowPlan | undefined {
  return state.plan === 'broken' ? undefined : state.plan;
}

/** Ends a run, whatever is left to do in it. The history stays. */
function cancel({ state }: FlowRun): void {
  delete state.plan;
}

async function answered(reached: Reached, body: unknown): Promise<StageOutcome> {
  try {
    return await reached.answer(body);
  } catch (error) {
    if (error instanceof ValidationError) return { kind: 'rejected', errors: error.errors };
    throw error;
  }
}
