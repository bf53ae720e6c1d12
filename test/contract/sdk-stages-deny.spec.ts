import { describeKindOfStage } from './kind-of-stage.js';

describeKindOfStage({
  kind: 'Deny',
  path: '/stages/deny/',
  needed: {},
  others: { denyMessage: 'Not today.' },
  filters: ['name', 'stageUuid', 'denyMessage'],
});
