import { expect, it } from 'vitest';

import { finalStates, messageStates, statesBefore, waitingStates } from './message-states.js';

it('sends only waiting messages and those of dead workers', () => {
  expect(statesBefore('sending')).toEqual(['queued', 'sending', 'retrying']);
});

it('never leaves the states of delivered mails', () => {
  for (const state of messageStates) {
    expect(statesBefore(state)).not.toContain('sent');
    expect(statesBefore(state)).not.toContain('captured');
  }
});

it('allows requeueing of failed, discarded and retrying messages', () => {
  expect(statesBefore('queued')).toEqual(['retrying', 'failed', 'discarded']);
});

it('classifies every state as either waiting or final', () => {
  expect([...waitingStates, ...finalStates].sort()).toEqual([...messageStates].sort());
});
