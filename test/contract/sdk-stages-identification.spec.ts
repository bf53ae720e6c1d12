import { describeKindOfStage } from './kind-of-stage.js';

describeKindOfStage({
  kind: 'Identification',
  path: '/stages/identification/',
  needed: { userFields: ['email'] },
  others: {
    userFields: ['username', 'upn'],
    caseInsensitiveMatching: false,
    showMatchedUser: false,
    showSourceLabels: true,
    pretendUserExists: false,
  },
  filters: ['name', 'caseInsensitiveMatching', 'showMatchedUser', 'showSourceLabels'],
});
