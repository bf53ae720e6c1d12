import { describeKindOfStage } from './kind-of-stage.js';

describeKindOfStage({
  kind: 'Consent',
  path: '/stages/consent/',
  needed: {},
  others: { mode: 'expiring', consentExpireIn: 'days=1' },
  filters: ['name', 'stageUuid', 'mode', 'consentExpireIn'],
});
