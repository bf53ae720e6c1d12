import { describe, expect, it } from 'vitest';

import { eventMatcherPolicyResult, type MatchedEvent } from './event-matcher-policy-result.js';

const nothing = { action: null, app: null, model: null, clientIp: null };
const event: MatchedEvent = {
  action: 'model_updated',
  app: 'authentik.core',
  clientIp: '203.0.113.7',
  context: { model: { app: 'authentik_core', model_name: 'user', pk: 17 } },
};

describe('An event matcher policy', () => {
  it('passes for every event without a criterion', () => {
    expect(eventMatcherPolicyResult(nothing, event)).toEqual({ passing: true, messages: [] });
    expect(eventMatcherPolicyResult(nothing, { ...event, clientIp: null, context: {} }).passing).toBe(true);
  });

  it.each([
    [{ action: 'model_updated' }, { action: 'model_created' }],
    [{ clientIp: '203.0.113.7' }, { clientIp: '203.0.113.0' }],
    [{ app: 'authentik.core' }, { app: 'authentik.flows' }],
    [{ model: 'authentik_core.user' }, { model: 'authentik_core.group' }],
  ])('passes with %j and fails with %j', (matching, other) => {
    expect(eventMatcherPolicyResult({ ...nothing, ...matching }, event).passing).toBe(true);
    expect(eventMatcherPolicyResult({ ...nothing, ...other }, event).passing).toBe(false);
    const one = { action: 'model_updated', app: 'authentik.core', model: 'authentik_core.user', clientIp: null };
    expect(eventMatcherPolicyResult({ ...one, ...other }, event).passing).toBe(false);
  });

  it.each([
    ['authentik.events', 'authentik.events.signals', true],
    ['authentik.policies', 'authentik.policies.process', true],
    ['authentik.policies', 'authentik.policies.password', false],
    ['authentik.policies.password', 'authentik.policies.password', true],
    ['authentik.core', 'authentik.corex', false],
  ])('of the application %s, for an event of %s: %s', (app, component, passing) => {
    expect(eventMatcherPolicyResult({ ...nothing, app }, { ...event, app: component }).passing).toBe(passing);
  });

  it('fails without an event, with a message for forms that it validates', () => {
    const { passing, messages } = eventMatcherPolicyResult(nothing, undefined);
    expect([passing, messages.length]).toEqual([false, 1]);
  });

  it('fails for an event whose model is no object', () => {
    const matcher = { ...nothing, model: 'authentik_core.user' };
    for (const context of [{}, { model: null }, { model: 'authentik_core.user' }]) {
      expect(eventMatcherPolicyResult(matcher, { ...event, context }).passing).toBe(false);
    }
  });
});
