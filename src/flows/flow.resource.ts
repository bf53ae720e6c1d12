import { Resource } from '../rest/resource.js';
import { FlowDto } from './dto/flow.dto.js';
import { Flow } from './flow.entity.js';

/** The routes below `/flows/instances/`. */
export const flows = new Resource({
  operations: 'flows_instances',
  model: 'authentik_flows.flow',
  noun: 'flow',
  response: FlowDto,
  cached: true,
  lookup: { entity: () => Flow, parameter: 'slug', property: 'slug', format: 'text', description: 'Slug of the flow.' },
});
