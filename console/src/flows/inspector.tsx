import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { api, ApiProblem, contentOf, type Schema } from '../api/client';
import { Panel } from '../parts/page';
import { t } from '../texts/texts';

/** The visitor's own run of a flow, such as of "Try as a visitor": the stages that it has passed, where it is and what it knows. */
export function Inspector({ slug }: { readonly slug: string }): ReactNode {
  const inspection = useMutation({
    mutationFn: () => contentOf(api.GET('/flows/inspector/{flow_slug}/', { params: { path: { flow_slug: slug } } })),
  });
  const { data, error } = inspection;
  const isWithoutRun = error instanceof ApiProblem && error.status === 400;
  return (
    <Panel title={t('flows.inspector')}>
      <div className="panel-text">
        <p className="row-soft">{t('flows.inspectorText')}</p>
        <Button variant="default" size="xs" mt="xs" loading={inspection.isPending} onClick={() => inspection.mutate()}>
          {t('flows.inspect')}
        </Button>
        <div role="status">
          {error !== null && (
            <p className="row-soft">
              {isWithoutRun
                ? t('flows.noRun')
                : t('action.failed', { reason: error.message || t('state.unreachable') })}
            </p>
          )}
          {error === null && data !== undefined && <Run inspection={data} />}
        </div>
      </div>
    </Panel>
  );
}

function Run({ inspection }: { readonly inspection: Schema<'FlowInspection'> }): ReactNode {
  const { plans, current_plan: current, is_completed: isCompleted } = inspection;
  const next = current?.next_planned_stage;
  return (
    <>
      <ol className="run">
        {plans.map((plan, index) => (
          <Stop key={index} binding={plan.current_stage} text={t('flows.runPassed')} />
        ))}
        {isCompleted && <li>{t('flows.runEnded')}</li>}
        {!isCompleted && <Stop binding={current?.current_stage} text={t('flows.runNow')} />}
        {!isCompleted && next !== undefined && <Stop binding={next} text={t('flows.runNext')} />}
      </ol>
      {current !== undefined && (
        <pre className="run-context" tabIndex={0} dir="ltr" aria-label={t('flows.runContext')}>
          {JSON.stringify(current.plan_context, null, 2)}
        </pre>
      )}
    </>
  );
}

interface StopProps {
  /** Undefined for a stage that a run adds by itself. */
  readonly binding: Schema<'FlowStageBinding'> | undefined;
  readonly text: string;
}

function Stop({ binding, text }: StopProps): ReactNode {
  return (
    <li>
      <span dir="auto">{binding?.stage_obj.name ?? '–'}</span> <span className="row-soft">{text}</span>
    </li>
  );
}
