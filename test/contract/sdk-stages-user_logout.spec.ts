import { describeKindOfStage } from './kind-of-stage.js';

describeKindOfStage({
  kind: 'UserLogout',
  path: '/stages/user_logout/',
  needed: {},
  others: {},
  filters: ['name', 'stageUuid'],
});
