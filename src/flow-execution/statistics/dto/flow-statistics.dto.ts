import { ResponseOf } from '../../../rest/fields/derived.js';
import { DateTimeField, IntegerField, ObjectField, UuidField } from '../../../rest/fields/fields.js';
import { TimeOption } from '../../../rest/list/time-filters.js';

/** The period of the statistics, by the start of the runs. */
export class FlowStatisticsQuery {
  @TimeOption({ description: 'Start of the period, from its full hour on; 7 days before the end if not given.' })
  since?: Date;

  @TimeOption({ description: 'End of the period; now if not given.' })
  until?: Date;
}

/** A number of runs. */
function Runs(description: string, example: number): PropertyDecorator {
  return IntegerField({ readOnly: true, computed: true, description, example });
}

class FlowStepStatisticsFields {
  @UuidField({ readOnly: true, description: 'The binding of the stage.' })
  binding!: string;

  @UuidField({ readOnly: true, description: 'The stage.' })
  stage!: string;

  @Runs('Runs that reached the step.', 100)
  reached!: number;

  @Runs('Runs that passed the step.', 83)
  passed!: number;

  @Runs('Runs that reached the step and have not passed it: visitors left, were denied or are still there.', 17)
  left!: number;
}

/** The runs at a step of a flow. */
export class FlowStepStatisticsDto extends ResponseOf(FlowStepStatisticsFields) {}

class FlowStatisticsFields {
  @DateTimeField({ readOnly: true, description: 'Start of the period.' })
  since!: Date;

  @DateTimeField({ readOnly: true, description: 'End of the period.' })
  until!: Date;

  @Runs('Runs that started in the period.', 120)
  started!: number;

  @Runs('Those of them that reached the end of the flow.', 70)
  finished!: number;

  @ObjectField(FlowStepStatisticsDto, {
    isArray: true,
    readOnly: true,
    description: 'The bindings of the flow that you may see, in their order.',
  })
  steps!: FlowStepStatisticsDto[];
}

/** How far the runs of a flow came. The counts are of hours and steps, and refer to no visitor. */
export class FlowStatisticsDto extends ResponseOf(FlowStatisticsFields) {}
