import { Module } from '@nestjs/common';

import { PasswordRules } from '../core/passwords/password-rules.service.js';
import { Exporter } from '../flows/transfer/exporter.service.js';
import { anyOf } from '../flows/transfer/transfer-model.js';
import { TransferModels } from '../flows/transfer/transfer-models.js';
import { TransferModule } from '../flows/transfer/transfer.module.js';
import { EventNotifier } from '../notifications/event-notifier.service.js';
import { NotificationsModule } from '../notifications/notifications.module.js';
import { Referrers } from '../rest/referrers.js';
import { eventMatcherPolicyTransfer } from './event-matcher/event-matcher-policy-transfer.js';
import { EventMatcherPolicyController } from './event-matcher/event-matcher-policy.controller.js';
import { EventMatcherPolicyService } from './event-matcher/event-matcher-policy.service.js';
import { expressionPolicyTransfer } from './expression/expression-policy-transfer.js';
import { ExpressionPolicyController } from './expression/expression-policy.controller.js';
import { ExpressionPolicyService } from './expression/expression-policy.service.js';
import { passwordPolicyTransfer } from './password/password-policy-transfer.js';
import { PasswordPolicyController } from './password/password-policy.controller.js';
import { PasswordPolicyService } from './password/password-policy.service.js';
import { policiesOfFlow } from './policies-of-flow.js';
import { policyBindingsOfFlow, policyBindingTransfer } from './policy-binding-transfer.js';
import { PolicyBindingController } from './policy-binding.controller.js';
import { PolicyBindingService } from './policy-binding.service.js';
import { firingRules } from './policy-engine.js';
import { policyBindingReferences } from './policy-references.js';
import { PolicyController } from './policy.controller.js';
import { Policy } from './policy.entity.js';
import { PolicyService } from './policy.service.js';
import { defaultPolicyProblems } from './validation-policies.js';

/** Policies and their bindings to flows and stages. */
@Module({
  imports: [NotificationsModule, TransferModule],
  controllers: [
    EventMatcherPolicyController,
    ExpressionPolicyController,
    PasswordPolicyController,
    PolicyBindingController,
    PolicyController,
  ],
  providers: [
    EventMatcherPolicyService,
    ExpressionPolicyService,
    PasswordPolicyService,
    PolicyBindingService,
    PolicyService,
  ],
})
export class PoliciesModule {
  constructor(
    models: TransferModels,
    exporter: Exporter,
    passwordPolicies: PasswordPolicyService,
    expressionPolicies: ExpressionPolicyService,
    eventMatchers: EventMatcherPolicyService,
    bindings: PolicyBindingService,
    referrers: Referrers,
    passwords: PasswordRules,
    notifier: EventNotifier,
  ) {
    models.register(passwordPolicyTransfer(passwordPolicies));
    models.register(expressionPolicyTransfer(expressionPolicies));
    models.register(eventMatcherPolicyTransfer(eventMatchers));
    exporter.register(policiesOfFlow('password'));
    exporter.register(policiesOfFlow('expression'));
    exporter.register(policiesOfFlow('event_matcher'));
    passwords.register(defaultPolicyProblems);
    notifier.register(firingRules);
    models.register(policyBindingTransfer(bindings));
    models.registerFindable(anyOf('authentik_policies.policy', Policy));
    exporter.register(policyBindingsOfFlow);
    referrers.register('authentik_core.group', (manager, pk) => [policyBindingReferences(manager, 'group', pk)]);
    referrers.register('authentik_core.user', (manager, pk) => [policyBindingReferences(manager, 'user', pk)]);
  }
}
