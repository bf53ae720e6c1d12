import type { FlowState } from '../flow-state.js';
import type { FlowPlan, PlannedStage } from '../plan.js';

type RunOfFlow = Pick<FlowPlan, 'flow' | 'execution'>;

/** A step that a run has reached or passed. */
export interface RunEvent {
  readonly flow: string;
  readonly execution: string;
  /** Key of the binding, or of the flow for the whole run. */
  readonly step: string;
  readonly kind: 'reached' | 'passed';
}

/** A run in a session, and the events of the current request. */
export interface CountedRun {
  readonly state: FlowState;
  readonly progress: RunEvent[];
}

/** Session key of the step that was counted last: showing it again is not counted. */
const placeKey = 'statistics:place';

/**
 * Notes that the run is at its current step. Stages that are in no binding are not counted.
 *
 * @returns whether the run is there for the first time
 */
export function noteReached(run: CountedRun, plan: FlowPlan): boolean {
  const step = bindingOf(plan.bindings[0]);
  if (step === undefined || placeOf(run).startsWith(`${plan.execution}/${step}`)) return false;
  noteStarted(run, plan);
  note(run, plan, step, 'reached');
  run.state.memory[placeKey] = `${plan.execution}/${step}`;
  return true;
}

/**
 * Notes that the run passes its current step. A step that is planned again is not passed yet, and one that was counted as
 * passed when its redirect was shown is not counted again.
 */
export function notePassed(run: CountedRun, { bindings: [current, ...bindings], ...plan }: FlowPlan): void {
  const step = bindingOf(current);
  const passedPlace = `${plan.execution}/${step}/passed`;
  if (placeOf(run) === passedPlace) return;
  if (step !== undefined && !bindings.some((next) => bindingOf(next) === step)) {
    note(run, plan, step, 'passed');
    run.state.memory[placeKey] = passedPlace;
  }
  if (bindings.length === 0) noteFinished(run, plan);
}

/** Notes that the run is over because none of its steps is left. */
export function noteFinished(run: CountedRun, plan: RunOfFlow): void {
  noteStarted(run, plan);
  note(run, plan, plan.flow, 'passed');
}

/** Continues a run of another browser, in which its current step was counted already. */
export function continueCounting({ state }: CountedRun, { execution, bindings }: FlowPlan): void {
  const step = bindingOf(bindings[0]);
  if (step !== undefined) state.memory[placeKey] = `${execution}/${step}`;
}

/** Returns the part of a session's memory that belongs to the run, also when the user changes. */
export function progressIn({ memory }: FlowState): FlowState['memory'] {
  const { [placeKey]: place } = memory;
  return place === undefined ? {} : { [placeKey]: place };
}

/** Removes what was remembered of a run that is over. */
export function endCounting(state: FlowState): void {
  const { [placeKey]: _, ...memory } = state.memory;
  state.memory = memory;
}

function noteStarted(run: CountedRun, plan: RunOfFlow): void {
  if (placeOf(run).startsWith(`${plan.execution}/`)) return;
  note(run, plan, plan.flow, 'reached');
}

function note({ progress }: CountedRun, { flow, execution }: RunOfFlow, step: string, kind: RunEvent['kind']): void {
  progress.push({ flow, execution, step, kind });
}

function placeOf({ state }: CountedRun): string {
  return String(state.memory[placeKey] ?? '');
}

function bindingOf(planned: PlannedStage | undefined): string | undefined {
  return planned !== undefined && 'binding' in planned ? planned.binding : undefined;
}
