/** Input for the diagram of a flow. */
export interface DiagramFlow {
  readonly name: string;
  readonly authentication: string;
  /** In order: the name of the kind and of the stage. */
  readonly stages: readonly { readonly type: string; readonly name: string }[];
}

const start = 'flow_start';
const end = node('done', '[[', 'End of the flow', ']]');

/**
 * Returns the Mermaid source of a flow's diagram (management API, section 5.6). Like the reference, it leaves out bound
 * groups and users. It also leaves out policies.
 */
export function flowDiagram({ name, authentication, stages }: DiagramFlow): string {
  const places = stages.map(({ type, name: stage }, index) =>
    node(`stage_${index}`, '([', `Stage (${type})\n${stage}`, '])'),
  );
  const requirement = 'flow_auth_requirement';
  return [
    'graph TD',
    ...(authentication === 'none'
      ? []
      : [
          node(requirement, '[', `Flow authentication requirement\n${authentication}`, ']'),
          `${requirement} --Requirement not fulfilled--> ${end}`,
          `${requirement} --Requirement fulfilled--> ${node(start, '[', 'placeholder', ']')}`,
        ]),
    node(start, '[[', `Flow\n${name}`, ']]'),
    ...places.map((place) => `--> ${place}`),
    `${stages.length === 0 ? start : `stage_${stages.length - 1}`} --> ${end}`,
  ].join('\n');
}

function node(id: string, open: string, label: string, close: string): string {
  return `${id}${open}"${label.replaceAll('"', '#quot;')}"${close}`;
}
