import { describeKindOfStage } from './kind-of-stage.js';

describeKindOfStage({
  kind: 'Redirect',
  path: '/stages/redirect/',
  needed: { mode: 'static', targetStatic: '/' },
  others: { targetStatic: '/if/flow/welcome/', keepContext: false },
  filters: ['name'],
});
