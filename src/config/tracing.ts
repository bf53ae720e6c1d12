import type * as api from '@opentelemetry/api';
import type { Attributes, Context, Span, Tracer } from '@opentelemetry/api';

/** The package, which is loaded only if tracing is on. */
type Api = typeof api;

/** How a span begins. */
interface SpanStart {
  readonly kind: keyof typeof api.SpanKind;
  /** Never secrets: neither parameters of statements, nor paths or queries of URLs, nor addresses. */
  readonly attributes?: Attributes;
  /** `traceparent` of the parent (W3C Trace Context), if that is not the current span. */
  readonly parent?: string | undefined;
}

let tracing: { readonly api: Api; readonly tracer: Tracer } | undefined;

/** Turns tracing on. Until then the functions of this file only run the work that they are given. */
export function enableTracing(api: Api): void {
  tracing = { api, tracer: api.trace.getTracer('email-stage') };
}

/** A step of a trace. */
export class TraceSpan {
  constructor(
    private readonly api: Api,
    private readonly span: Span,
    private readonly context: Context,
  ) {}

  /** Runs `work` as part of this step. */
  run<T>(work: () => T): T {
    return this.api.context.with(this.context, work);
  }

  set(attributes: Attributes): void {
    this.span.setAttributes(attributes);
  }

  /** @param isError whether the step failed */
  end(isError = false): void {
    if (isError) this.span.setStatus({ code: this.api.SpanStatusCode.ERROR });
    this.span.end();
  }
}

/** Starts a span that the caller ends; undefined without tracing. */
export function startSpan(name: string, { kind, attributes = {}, parent }: SpanStart): TraceSpan | undefined {
  if (tracing === undefined) return undefined;
  const { api, tracer } = tracing;
  const active = api.context.active();
  const above = parent === undefined ? active : api.propagation.extract(active, { traceparent: parent });
  const span = tracer.startSpan(name, { kind: api.SpanKind[kind], attributes }, above);
  return new TraceSpan(api, span, api.trace.setSpan(above, span));
}

/** Runs `work` in a span, which ends with it. @param work is given the span; undefined without tracing */
export async function traced<T>(
  name: string,
  start: SpanStart,
  work: (span: TraceSpan | undefined) => Promise<T>,
): Promise<T> {
  const span = startSpan(name, start);
  if (span === undefined) return work(undefined);
  try {
    const result = await span.run(() => work(span));
    span.end();
    return result;
  } catch (error) {
    span.end(true);
    throw error;
  }
}

/** Returns the ids of the current span, for log lines; undefined outside of a trace. */
export function traceIds(): { readonly trace_id: string; readonly span_id: string } | undefined {
  const context = tracing?.api.trace.getActiveSpan()?.spanContext();
  return context && { trace_id: context.traceId, span_id: context.spanId };
}

/** Returns the `traceparent` of the current span, for work that continues elsewhere; undefined outside of a trace. */
export function traceparent(): string | undefined {
  const carrier: { traceparent?: string } = {};
  tracing?.api.propagation.inject(tracing.api.context.active(), carrier);
  return carrier.traceparent;
}
