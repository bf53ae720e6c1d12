/** Names of event matcher policies in the API. */
export const eventMatcherPolicyKind = {
  model: 'authentik_policies_event_matcher.eventmatcherpolicy',
  component: 'ak-policy-event-matcher-form',
  verboseName: 'Event Matcher Policy',
  verboseNamePlural: 'Event Matcher Policies',
  description: 'Passes for events of an action, a client, an application or a model. For notification rules.',
} as const;
