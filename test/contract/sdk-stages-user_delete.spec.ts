import { describeKindOfStage } from './kind-of-stage.js';

describeKindOfStage({
  kind: 'UserDelete',
  path: '/stages/user_delete/',
  needed: {},
  others: {},
  filters: ['name', 'stageUuid'],
});
