import { describeKindOfStage } from './kind-of-stage.js';

describeKindOfStage({
  kind: 'Password',
  path: '/stages/password/',
  needed: { backends: ['authentik.core.auth.InbuiltBackend'] },
  others: {
    backends: ['authentik.core.auth.TokenBackend', 'authentik.sources.ldap.auth.LDAPBackend'],
    failedAttemptsBeforeCancel: 3,
    allowShowPassword: true,
  },
  filters: ['name', 'failedAttemptsBeforeCancel', 'allowShowPassword'],
});
