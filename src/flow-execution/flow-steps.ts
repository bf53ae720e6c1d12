import { Inject, Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';

import { SETTINGS, type Settings } from '../config/settings.js';
import { Sessions } from '../core/sessions/session.service.js';
import type { InvalidResponseAction } from '../flows/flow-choices.js';
import { FlowStageBinding } from '../flows/flow-stage-binding.entity.js';
import { Stage } from '../flows/stage.entity.js';
import { targetVerdicts } from '../policies/policy-engine.js';
import { ValidationError } from '../rest/errors/validation-error.js';
import { message } from '../rest/messages/messages.js';
import type { ExecutorOutcome, ResponseErrors } from './executor-outcome.js';
import { challengeOutcome, deniedOutcome, redirectOutcome } from './executor-outcomes.js';
import { FlowPlanner, subjectOf } from './flow-planner.js';
import type { FlowRun } from './flow-run.js';
import { newLinkParameter, renewableTokenKey } from './link-refusals.service.js';
import { redirectTarget } from './next-url.js';
import { appendToHistory } from './plan-history.js';
import { PlanRestorer, type Restored } from './plan-restorer.js';
import { stepOf } from './plan-step.js';
import type { FlowPlan, PlanContext, PlannedStage } from './plan.js';
import { responseErrors } from './response-errors.js';
import { StageExecution } from './stage-execution.js';
import type { StageOutcome } from './stage-executor.js';
import { StageExecutors } from './stage-executors.js';
import { continueCounting, endCounting, noteFinished, notePassed, noteReached } from './statistics/run-progress.js';
import { UnfinishedSignUps } from './unfinished-sign-ups.service.js';

/** A posted response. */
export interface PostedResponse {
  readonly body: unknown;
  /** The step that it responds to (`stepOf`); undefined: the current one. */
  readonly step?: string | undefined;
}

/** The current stage with its executor. */
interface ResolvedStage {
  readonly invalidResponseAction: InvalidResponseAction;
  show(): Promise<StageOutcome>;
  handleResponse(body: unknown): Promise<StageOutcome>;
}

/** Executes one request of a run. */
@Injectable()
export class FlowSteps {
  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly planner: FlowPlanner,
    private readonly executors: StageExecutors,
    private readonly restorer: PlanRestorer,
    private readonly signUps: UnfinishedSignUps,
    private readonly sessions: Sessions,
    private readonly moduleRef: ModuleRef,
  ) {}

  /**
   * Shows the current stage, or submits a response to it.
   *
   * @param posted undefined for GET
   */
  async advance(run: FlowRun, posted: PostedResponse | undefined): Promise<ExecutorOutcome> {
    const { state } = run;
    const opened = await this.restore(run);
    if (opened.kind === 'denied') return deniedOutcome(run, {}, opened.message);
    if (opened.kind === 'plan') return this.continueFromLink(run, opened, posted);
    await this.renewSignUp(run);
    if (state.plan === 'broken') return this.denyBrokenPlan(run);
    if (state.plan !== undefined && state.plan.flow !== run.flow.pk) delete state.plan;
    if (state.plan === undefined) {
      state.history = [];
      const instead = await this.startPlan(run, {});
      if (instead !== undefined) return instead;
    }
    return this.continueRun(run, posted);
  }

  /** Ends the run, and redirects the visitor to `next`. */
  async finish(run: FlowRun): Promise<ExecutorOutcome> {
    const context = planOf(run)?.context ?? {};
    const requested = run.query.getAll('next').at(-1) ?? '/';
    cancel(run);
    // `context.redirect` is set by this server; `next` comes from the query and is untrusted.
    const to = context.redirect ?? redirectTarget(requested, this.settings.allowedRedirects);
    return to === undefined ? deniedOutcome(run, context, message('nextUrlInvalid')) : redirectOutcome(run, to);
  }

  private async restore(run: FlowRun): Promise<Restored> {
    const { manager, query, flow, visitor, state } = run;
    const token = query.getAll('flow_token').at(-1);
    if (token === undefined) return { kind: 'nothing' };
    const current = planOf(run);
    const plan = current?.flow === flow.pk ? current : undefined;
    const remembered = (name: string): unknown => (Object.hasOwn(state.memory, name) ? state.memory[name] : undefined);
    const remember = (name: string, value: string): void => {
      state.memory[name] = value;
    };
    return this.restorer.restore({ manager, token, flow, plan, remembered, remember, visitor });
  }

  /** Continues the sign-up of a refused link, if a new link is requested: its email stage sends one. */
  private async renewSignUp({ manager, query, flow, state }: FlowRun): Promise<void> {
    const { [renewableTokenKey]: token, ...memory } = state.memory;
    if (!query.has(newLinkParameter) || typeof token !== 'string') return;
    state.memory = memory;
    const signUp = await this.signUps.findByToken(manager, token);
    if (signUp?.flow.pk !== flow.pk) return;
    state.plan = signUp.plan;
    state.history = [];
  }

  /** Continues with the plan of a link. Until its first stage is passed, the session keeps its own plan. */
  private async continueFromLink(
    run: FlowRun,
    { plan, address, isOfRun }: Extract<Restored, { kind: 'plan' }>,
    posted: PostedResponse | undefined,
  ): Promise<ExecutorOutcome> {
    const { state } = run;
    const { plan: before } = state;
    run.link = { plan, address, isOfRun, isFollowed: false };
    state.plan = plan;
    const outcome = await this.continueRun(run, posted);
    if (run.link.isFollowed) return outcome;
    if (before === undefined) delete state.plan;
    else state.plan = before;
    return outcome;
  }

  /** Creates a plan. @returns the answer if the flow has no stages or does not apply */
  private async startPlan(run: FlowRun, context: PlanContext): Promise<ExecutorOutcome | undefined> {
    const { manager, flow, visitor, state } = run;
    const planned = await this.planner.plan(manager, flow, visitor.user, context);
    if (planned.kind === 'notApplicable') return this.denyFlow(run, context);
    state.plan = planned.plan;
    return planned.kind === 'empty' ? this.finish(run) : undefined;
  }

  /** Answers a visitor when the flow does not apply to them. */
  private async denyFlow(run: FlowRun, context: PlanContext): Promise<ExecutorOutcome> {
    const { flow, visitor, deniedNext } = run;
    // A signed-in visitor has already completed an authentication flow.
    if (flow.designation === 'authentication' && visitor.user !== undefined) return this.finish(run);
    cancel(run);
    const next = deniedNext === undefined ? undefined : redirectTarget(deniedNext, this.settings.allowedRedirects);
    const isForUsers = ['require_authenticated', 'require_superuser'].includes(flow.authentication);
    if (isForUsers && visitor.user === undefined && flow.deniedAction !== 'message') run.needsSignIn = true;
    if (flow.deniedAction !== 'message' && next !== undefined) return redirectOutcome(run, next);
    if (flow.deniedAction === 'continue') return redirectOutcome(run, '/');
    return deniedOutcome(run, context, message('flowNotApplicable'));
  }

  private async continueRun(run: FlowRun, posted: PostedResponse | undefined): Promise<ExecutorOutcome> {
    const plan = planOf(run);
    if (plan === undefined) throw new Error('there is no plan to continue with');
    // Submitted twice, or from an earlier page: not a response to the current stage.
    if (posted?.step !== undefined && posted.step !== stepOf(plan)) return { kind: 'continue' };
    const skipped: PlannedStage[] = [];
    for (let next = plan.bindings[0]; next !== undefined; next = plan.bindings[0]) {
      const resolved = await this.resolveStage(run, plan, next);
      if (resolved === 'broken') return this.denyBrokenPlan(run);
      if (resolved === 'undecided') return this.denyUndecided(run, plan);
      if (resolved !== 'skipped') return this.executeStage(run, plan, skipped, resolved, posted);
      plan.bindings.shift();
      skipped.push(next);
    }
    noteFinished(run, plan);
    return this.finish(run);
  }

  /** Loads a planned stage, and evaluates its policies again if the binding requires it. */
  private async resolveStage(
    run: FlowRun,
    plan: FlowPlan,
    planned: PlannedStage,
  ): Promise<ResolvedStage | 'skipped' | 'undecided' | 'broken'> {
    const { manager, flow, visitor } = run;
    if ('inMemory' in planned) {
      const executor = this.executors.findInMemory(planned.inMemory);
      if (executor === undefined) return 'broken';
      const execution = this.executionOf(run, plan, undefined);
      return {
        invalidResponseAction: 'retry',
        show: () => executor.show(execution),
        handleResponse: (body) => executor.handleResponse(execution, body),
      };
    }
    // A removed stage counts as not passed: shortening a flow must not let visitors through who are in it.
    const binding = await manager.findOneBy(FlowStageBinding, { pk: planned.binding, targetId: flow.pk });
    if (binding?.stageId !== planned.stage) return 'broken';
    if (planned.reEvaluate) {
      const subject = subjectOf(visitor.user, plan.context);
      const verdict = (await targetVerdicts(manager, 'binding', [binding.pk], subject, plan.context)).get(binding.pk);
      if (verdict === 'undecided') return verdict;
      if (verdict !== 'passes') return 'skipped';
    }
    const stage = await manager.findOneByOrFail(Stage, { pk: binding.stageId });
    const executor = this.executors.get(stage.kind);
    const execution = this.executionOf(run, plan, stage);
    return {
      invalidResponseAction: binding.invalidResponseAction,
      show: () => executor.show(execution),
      handleResponse: (body) => executor.handleResponse(execution, body),
    };
  }

  private async executeStage(
    run: FlowRun,
    plan: FlowPlan,
    skipped: readonly PlannedStage[],
    resolved: ResolvedStage,
    posted: PostedResponse | undefined,
  ): Promise<ExecutorOutcome> {
    const isNew = noteReached(run, plan);
    const outcome = await (posted === undefined ? resolved.show() : submitResponse(resolved, posted.body));
    // A redirect is where the visitor should go.
    if (isNew && outcome.kind === 'challenge' && outcome.challenge.component === 'xak-flow-redirect')
      notePassed(run, plan);
    if (outcome.kind !== 'rejected') return this.applyOutcome(run, plan, skipped, outcome);
    if (resolved.invalidResponseAction !== 'retry') {
      const isWithContext = resolved.invalidResponseAction === 'restart_with_context';
      return (await this.startPlan(run, isWithContext ? plan.context : {})) ?? { kind: 'continue' };
    }
    const again = await resolved.show();
    if (again.kind === 'rejected') throw new Error('a stage that is shown has nothing to reject');
    return this.applyOutcome(run, plan, skipped, again, responseErrors(outcome.errors));
  }

  private async applyOutcome(
    run: FlowRun,
    plan: FlowPlan,
    skipped: readonly PlannedStage[],
    outcome: Exclude<StageOutcome, { kind: 'rejected' }>,
    errors?: ResponseErrors,
  ): Promise<ExecutorOutcome> {
    switch (outcome.kind) {
      case 'challenge':
        // Skipped stages are evaluated again with the next request, until a later stage is passed.
        plan.bindings.unshift(...skipped);
        // Of a run that was replaced, the messages are for the next challenge.
        return challengeOutcome(run, plan.context, outcome.challenge, errors, run.state.plan === plan);
      case 'passed':
        // The run of a link starts a new history.
        run.state.history = appendToHistory(run.link === undefined ? run.state.history : [], plan);
        if (run.link !== undefined) run.link.isFollowed = true;
        notePassed(run, plan);
        plan.bindings.shift();
        if (run.link?.isOfRun) continueCounting(run, plan);
        return plan.bindings.length > 0 ? { kind: 'continue' } : this.finish(run);
      case 'replaced':
        return { kind: 'continue' };
      case 'denied':
        cancel(run);
        return deniedOutcome(run, plan.context, outcome.message);
    }
  }

  /** Denies access: whether the stage is skipped depends on a policy that cannot be evaluated. */
  private denyUndecided(run: FlowRun, { context }: FlowPlan): Promise<ExecutorOutcome> {
    cancel(run);
    return deniedOutcome(run, context, message('policyNotEvaluated'));
  }

  private denyBrokenPlan(run: FlowRun): Promise<ExecutorOutcome> {
    cancel(run);
    return deniedOutcome(run, {});
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

/** Ends the run, and keeps the history. */
function cancel({ state }: FlowRun): void {
  delete state.plan;
  endCounting(state);
}

async function submitResponse(resolved: ResolvedStage, body: unknown): Promise<StageOutcome> {
  try {
    return await resolved.handleResponse(body);
  } catch (error) {
    if (error instanceof ValidationError) return { kind: 'rejected', errors: error.errors };
    throw error;
  }
}
