import { describe, expect, it } from 'vitest';

import { flowDiagram } from './diagram.js';

const done = 'done[["End of the flow"]]';

describe('flowDiagram', () => {
  it('connects start and end of a flow without stages', () => {
    expect(flowDiagram({ name: 'test', authentication: 'none', stages: [] })).toBe(
      `graph TD\nflow_start[["Flow\ntest"]]\nflow_start --> ${done}`,
    );
  });

  it('shows the stages and the authentication requirement', () => {
    const stages = [
      { type: 'Dummy Stage', name: 'one' },
      { type: 'Email Stage', name: 'a "second"' },
    ];
    expect(flowDiagram({ name: 'test', authentication: 'require_superuser', stages })).toBe(
      [
        'graph TD',
        'flow_auth_requirement["Flow authentication requirement\nrequire_superuser"]',
        `flow_auth_requirement --Requirement not fulfilled--> ${done}`,
        'flow_auth_requirement --Requirement fulfilled--> flow_start["placeholder"]',
        'flow_start[["Flow\ntest"]]',
        '--> stage_0(["Stage (Dummy Stage)\none"])',
        '--> stage_1(["Stage (Email Stage)\na #quot;second#quot;"])',
        `stage_1 --> ${done}`,
      ].join('\n'),
    );
  });
});
