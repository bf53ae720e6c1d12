import { Initial1795486875574 } from './1795486875574-initial.js';
import { Mail1795489393723 } from './1795489393723-mail.js';
import { Requests1795490063502 } from './1795490063502-requests.js';
import { Confirmation1795628700000 } from './1795628700000-confirmation.js';
import { DummyStage1795632300000 } from './1795632300000-dummy-stage.js';
import { SignInStages1795632400000 } from './1795632400000-sign-in-stages.js';
import { PolicyBindings1795632900000 } from './1795632900000-policy-bindings.js';
import { Session1795632950000 } from './1795632950000-session.js';
import { SendLimits1795633000000 } from './1795633000000-send-limits.js';
import { FlowTokens1795633200000 } from './1795633200000-flow-tokens.js';
import { SignUpStages1795633500000 } from './1795633500000-sign-up-stages.js';
import { Consents1795633550000 } from './1795633550000-consents.js';
import { UserNames1795633600000 } from './1795633600000-user-names.js';
import { SessionNetwork1795633700000 } from './1795633700000-session-network.js';
import { MailQueue1795640000000 } from './1795640000000-mail-queue.js';
import { UnconfirmedUsers1795640500000 } from './1795640500000-unconfirmed-users.js';
import { Blueprints1795641000000 } from './1795641000000-blueprints.js';
import { ForgottenGrants1795642000000 } from './1795642000000-forgotten-grants.js';
import { Revision1795643000000 } from './1795643000000-revision.js';
import { AccountNames1795880400000 } from './1795880400000-account-names.js';
import { GuessLimits1795880700000 } from './1795880700000-guess-limits.js';
import { NotMeLinks1795880800000 } from './1795880800000-not-me-links.js';
import { Audit1795880900000 } from './1795880900000-audit.js';
import { Policies1795881100000 } from './1795881100000-policies.js';
import { EventExpiry1795881300000 } from './1795881300000-event-expiry.js';
import { AccountAddresses1795881310000 } from './1795881310000-account-addresses.js';
import { RedirectStage1795881500000 } from './1795881500000-redirect-stage.js';
import { GrantNumbers1795881600000 } from './1795881600000-grant-numbers.js';
import { RunAnswers1795881700000 } from './1795881700000-run-answers.js';
import { ExpressionPolicies1795882000000 } from './1795882000000-expression-policies.js';
import { SecretCheck1795886000000 } from './1795886000000-secret-check.js';
import { LastingKey1795886500000 } from './1795886500000-lasting-key.js';
import { EventShipping1795886510000 } from './1795886510000-event-shipping.js';
import { AttemptProviders1795886520000 } from './1795886520000-attempt-providers.js';
import { Nodes1795888000000 } from './1795888000000-nodes.js';
import { MailDomains1795888100000 } from './1795888100000-mail-domains.js';
import { TransportRates1795888300000 } from './1795888300000-transport-rates.js';
import { DomainGrants1795888301000 } from './1795888301000-domain-grants.js';
import { TransportSlots1795888302000 } from './1795888302000-transport-slots.js';
import { AddressProofs1795888350000 } from './1795888350000-address-proofs.js';
import { NamedTransports1795888400000 } from './1795888400000-named-transports.js';
import { StageTransports1795888401000 } from './1795888401000-stage-transports.js';
import { Verifications1795888600000 } from './1795888600000-verifications.js';
import { VerificationMessages1795888690000 } from './1795888690000-verification-messages.js';
import { Webhooks1795888800000 } from './1795888800000-webhooks.js';
import { MessageTransports1795900000000 } from './1795900000000-message-transports.js';
import { Suppressions1795900100000 } from './1795900100000-suppressions.js';
import { MailFeedback1795900200000 } from './1795900200000-mail-feedback.js';
import { SeveralAddresses1795901000000 } from './1795901000000-several-addresses.js';
import { SessionSignIn1795901100000 } from './1795901100000-session-sign-in.js';
import { VerifiedUsers1795901200000 } from './1795901200000-verified-users.js';
import { FreshSessions1795901300000 } from './1795901300000-fresh-sessions.js';
import { MailedInvitations1795901400000 } from './1795901400000-mailed-invitations.js';
import { EventStream1795902000000 } from './1795902000000-event-stream.js';
import { MailTemplates1795903000000 } from './1795903000000-mail-templates.js';
import { SessionDetails1795905000000 } from './1795905000000-session-details.js';
import { SessionNames1795907000000 } from './1795907000000-session-names.js';
import { SessionNameIndex1795907100000 } from './1795907100000-session-name-index.js';
import { SessionGrants1795908000000 } from './1795908000000-session-grants.js';
import { TransientFeedback1795909500000 } from './1795909500000-transient-feedback.js';
import { FlowStatistics1795909700000 } from './1795909700000-flow-statistics.js';
import { EventMatchers1795911000000 } from './1795911000000-event-matchers.js';
import { Notifications1795911100000 } from './1795911100000-notifications.js';

/** Every migration, oldest first. */
export const migrations = [
  Initial1795486875574,
  Mail1795489393723,
  Requests1795490063502,
  Confirmation1795628700000,
  DummyStage1795632300000,
  SignInStages1795632400000,
  PolicyBindings1795632900000,
  Session1795632950000,
  SendLimits1795633000000,
  FlowTokens1795633200000,
  SignUpStages1795633500000,
  Consents1795633550000,
  UserNames1795633600000,
  SessionNetwork1795633700000,
  MailQueue1795640000000,
  UnconfirmedUsers1795640500000,
  Blueprints1795641000000,
  ForgottenGrants1795642000000,
  Revision1795643000000,
  AccountNames1795880400000,
  GuessLimits1795880700000,
  NotMeLinks1795880800000,
  Audit1795880900000,
  Policies1795881100000,
  EventExpiry1795881300000,
  AccountAddresses1795881310000,
  RedirectStage1795881500000,
  GrantNumbers1795881600000,
  RunAnswers1795881700000,
  ExpressionPolicies1795882000000,
  SecretCheck1795886000000,
  LastingKey1795886500000,
  EventShipping1795886510000,
  AttemptProviders1795886520000,
  Nodes1795888000000,
  MailDomains1795888100000,
  TransportRates1795888300000,
  DomainGrants1795888301000,
  TransportSlots1795888302000,
  AddressProofs1795888350000,
  NamedTransports1795888400000,
  StageTransports1795888401000,
  Verifications1795888600000,
  VerificationMessages1795888690000,
  Webhooks1795888800000,
  MessageTransports1795900000000,
  Suppressions1795900100000,
  MailFeedback1795900200000,
  SeveralAddresses1795901000000,
  SessionSignIn1795901100000,
  VerifiedUsers1795901200000,
  FreshSessions1795901300000,
  MailedInvitations1795901400000,
  EventStream1795902000000,
  MailTemplates1795903000000,
  SessionDetails1795905000000,
  SessionNames1795907000000,
  SessionNameIndex1795907100000,
  SessionGrants1795908000000,
  TransientFeedback1795909500000,
  FlowStatistics1795909700000,
  EventMatchers1795911000000,
  Notifications1795911100000,
];
