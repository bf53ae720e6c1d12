import { expect, it } from 'vitest';

import { finalStates, messageStates, statesBefore, waitingStates } from './message-states.js';

it('sends only what waits or was left behind by a worker', () => {
  expect(statesBefore('sending')).toEqual(['queued', 'sending', 'retrying']);
});

it('never leaves the states of a mail that is with somebody', () => {
  for (const state of messageStates) {
    expect(statesBefore(state)).not.toContain('sent');
    expect(statesBefore(state)).not.toContain('captured');
  }
});

it('lets an administrator send again what failed, was discarded or waits for its next try', () => {
  expect(statesBefore('queued')).toEqual(['retrying', 'failed', 'discarded']);
});

it('has every state either waiting or final', () => {
  expect([...waitingStates, ...finalStates].sort()).toEqual([...messageStates].sort());
});
