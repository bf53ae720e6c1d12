import { type Attributes, type HrTime, ValueType } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  type CollectionResult,
  DataPointType,
  type MetricData,
  type MetricProducer,
} from '@opentelemetry/sdk-metrics';
import type { Registry } from 'prom-client';

/** A value of a metric as prom-client has it. */
interface Sample {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly metricName?: string;
}

interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly values: readonly Sample[];
}

/** Gives OpenTelemetry the metrics of a Prometheus registry, with the same names and values. */
export class RegistryProducer implements MetricProducer {
  private readonly start = hrTime(performance.timeOrigin);

  constructor(
    private readonly registry: Registry,
    private readonly resource: Resource,
  ) {}

  async collect(): Promise<CollectionResult> {
    const metrics = (await this.registry.getMetricsAsJSON()) as unknown as Metric[];
    const times = { startTime: this.start, endTime: hrTime(performance.timeOrigin + performance.now()) };
    const scopeMetrics = [
      { scope: { name: 'email-stage' }, metrics: metrics.map((metric) => metricData(metric, times)) },
    ];
    return { resourceMetrics: { resource: this.resource, scopeMetrics }, errors: [] };
  }
}

function metricData({ name, help, type, values }: Metric, times: { startTime: HrTime; endTime: HrTime }): MetricData {
  const unit = /_seconds(?:_total)?$/.test(name) ? 's' : name.endsWith('_bytes') ? 'By' : '';
  const common = {
    descriptor: { name, description: help, unit, valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  };
  if (type === 'histogram') {
    const dataPoints = histograms(name, values).map((point) => ({ ...times, ...point }));
    return { ...common, dataPointType: DataPointType.HISTOGRAM, dataPoints };
  }
  const dataPoints = values.map(({ value, labels }) => ({ ...times, attributes: { ...labels }, value }));
  return type === 'counter'
    ? { ...common, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints }
    : { ...common, dataPointType: DataPointType.GAUGE, dataPoints };
}

/** Groups buckets, sum and count by their labels. Buckets of Prometheus include those below them. */
function histograms(
  name: string,
  values: readonly Sample[],
): {
  attributes: Attributes;
  value: { buckets: { boundaries: number[]; counts: number[] }; sum: number; count: number };
}[] {
  const groups = new Map<string, Sample[]>();
  for (const sample of values) {
    const { le: _, ...labels } = sample.labels;
    const key = JSON.stringify(labels);
    groups.set(key, [...(groups.get(key) ?? []), sample]);
  }
  return [...groups].map(([key, samples]) => {
    const of = (suffix: string): number => samples.find(({ metricName }) => metricName === name + suffix)?.value ?? 0;
    const buckets = samples.filter(({ labels }) => labels['le'] !== undefined && labels['le'] !== '+Inf');
    const below = [...buckets.map(({ value }) => value), of('_count')];
    return {
      attributes: JSON.parse(key) as Attributes,
      value: {
        buckets: {
          boundaries: buckets.map(({ labels }) => Number(labels['le'])),
          counts: below.map((value, index) => value - (below[index - 1] ?? 0)),
        },
        sum: of('_sum'),
        count: of('_count'),
      },
    };
  });
}

function hrTime(milliseconds: number): HrTime {
  return [Math.floor(milliseconds / 1000), Math.round((milliseconds % 1000) * 1_000_000)];
}
