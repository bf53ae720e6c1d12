import {
  closestCenter,
  DndContext,
  type DragEndEvent,
  KeyboardSensor,
  PointerSensor,
  useSensor,
  useSensors,
} from '@dnd-kit/core';
import { SortableContext, sortableKeyboardCoordinates, verticalListSortingStrategy } from '@dnd-kit/sortable';
import { Alert, Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';

import { api, contentOf, type Schema } from '../api/client';
import { Icon } from '../parts/icon';
import { Panel } from '../parts/page';
import { Loaded, Note } from '../parts/states';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { RunFigures, StepFigures, worstStep } from './figures';
import { ordersAfterMove } from './order';
import { figurePeriods, figuresQuery, flowQuery, stepsQuery } from './queries';
import { Step } from './step';
import { StepDialog } from './step-dialog';

const route = getRouteApi('/flows/$slug');

/**
 * The steps of a flow as a diagram: a line of stages in their order, with what decides about each. It is a list and not a
 * picture of Mermaid's, which is 500 kB of scripts, cannot be sorted, read by assistive technology or fitted to a phone, and
 * needs inline styles.
 */
export function Steps({ flow }: { readonly flow: Schema<'Flow'> }): ReactNode {
  const { can } = useSession();
  const [isAdding, setAdding] = useState(false);
  const steps = useQuery(stepsQuery(flow.pk));
  const { since } = route.useSearch();
  const period = figurePeriods.find((name) => name === since) ?? 'week';
  const figures = useQuery(figuresQuery(flow.slug, period)).data;
  const last = steps.data?.at(-1)?.order ?? 0;
  return (
    <Panel
      title={t('flows.stepsTitle')}
      aside={
        can('add_flowstagebinding') && (
          <Button size="xs" variant="default" leftSection={<Icon name="add" />} onClick={() => setAdding(true)}>
            {t('flows.addStep')}
          </Button>
        )
      }
    >
      <Loaded query={steps} lines={5}>
        {(all) =>
          all.length === 0 ? (
            <Note icon="stages" title={t('flows.noSteps')} text={t('flows.noStepsText')} />
          ) : (
            <>
              <RunFigures flow={flow} figures={figures} period={period} />
              <Sortable flow={flow} steps={all} figures={figures} />
            </>
          )
        }
      </Loaded>
      {isAdding && <StepDialog flow={flow} order={last + 10} close={() => setAdding(false)} />}
    </Panel>
  );
}

interface SortableProps {
  readonly flow: Schema<'Flow'>;
  readonly steps: readonly Schema<'FlowStageBinding'>[];
  /** Undefined while they are loaded. */
  readonly figures: Schema<'FlowStatistics'> | undefined;
}

function Sortable({ flow, steps, figures }: SortableProps): ReactNode {
  const { can } = useSession();
  const client = useQueryClient();
  const key = stepsQuery(flow.pk).queryKey;
  const sensors = useSensors(
    // A click on a link of a step is no drag.
    useSensor(PointerSensor, { activationConstraint: { distance: 4 } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  );
  const { mutate, error } = useMutation({
    mutationFn: async ({ from, to }: { from: number; to: number }) => {
      for (const { pk, order } of ordersAfterMove(steps, from, to)) {
        const params = { path: { fsb_uuid: pk } };
        await contentOf(api.PATCH('/flows/bindings/{fsb_uuid}/', { params, body: { order } }));
      }
    },
    onMutate: ({ from, to }) => {
      const moved = [...steps];
      moved.splice(to, 0, ...moved.splice(from, 1));
      client.setQueryData(key, moved);
    },
    // Also after an error: some of them may be saved.
    onSettled: () => {
      void client.invalidateQueries({ queryKey: key });
      void client.invalidateQueries(flowQuery(flow.slug));
    },
  });
  const end = ({ active, over }: DragEndEvent): void => {
    const place = (pk: unknown): number => steps.findIndex((step) => step.pk === pk);
    if (over !== null && active.id !== over.id) mutate({ from: place(active.id), to: place(over.id) });
  };
  const worst = worstStep(figures);
  const figuresAt = (pk: string): ReactNode => {
    const found = figures?.steps.find(({ binding }) => binding === pk);
    if (figures === undefined || found === undefined) return null;
    return <StepFigures figures={found} started={figures.started} isMost={pk === worst} />;
  };
  const nameOf = (pk: unknown): string => steps.find((step) => step.pk === pk)?.stage_obj.name ?? '';
  const at = (pk: unknown): Record<string, string | number> => ({
    name: nameOf(pk),
    place: steps.findIndex((step) => step.pk === pk) + 1,
    count: steps.length,
  });
  return (
    <>
      {error !== null && (
        <Alert color="red" role="alert" m="md">
          {t('action.failed', { reason: error.message || t('state.unreachable') })}
        </Alert>
      )}
      <DndContext
        sensors={sensors}
        collisionDetection={closestCenter}
        onDragEnd={end}
        accessibility={{
          screenReaderInstructions: { draggable: t('flows.dragHow') },
          announcements: {
            onDragStart: ({ active }) => t('flows.dragStart', at(active.id)),
            onDragOver: ({ active, over }) =>
              over === null ? undefined : t('flows.dragOver', { ...at(over.id), name: nameOf(active.id) }),
            onDragEnd: ({ active, over }) =>
              t('flows.dragEnd', { ...at(over?.id ?? active.id), name: nameOf(active.id) }),
            onDragCancel: ({ active }) => t('flows.dragCancel', at(active.id)),
          },
        }}
      >
        <SortableContext items={steps.map(({ pk }) => pk)} strategy={verticalListSortingStrategy}>
          <ol className="flow-steps" aria-label={t('flows.stepsTitle')}>
            {steps.map((step, index) => (
              <Step
                key={step.pk}
                flow={flow}
                step={step}
                number={index + 1}
                figures={figuresAt(step.pk)}
                isSortable={can('change_flowstagebinding') && steps.length > 1}
              />
            ))}
          </ol>
        </SortableContext>
      </DndContext>
    </>
  );
}
