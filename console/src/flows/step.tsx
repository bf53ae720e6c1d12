import { useSortable } from '@dnd-kit/sortable';
import { ActionIcon, Tooltip } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';

import type { Schema } from '../api/client';
import { shortKind } from '../kinds/family';
import { Icon } from '../parts/icon';
import { useSession } from '../session';
import { counted, t } from '../texts/texts';
import { guardsQuery } from './queries';
import { StepDialog } from './step-dialog';

interface StepProps {
  readonly flow: Schema<'Flow'>;
  readonly step: Schema<'FlowStageBinding'>;
  readonly number: number;
  /** What its runs did there. */
  readonly figures: ReactNode;
  readonly isSortable: boolean;
}

/** A step of a flow: its stage, what decides about it, and the handle that moves it. */
export function Step({ flow, step, number, figures, isSortable }: StepProps): ReactNode {
  const { can } = useSession();
  const [isOpen, setOpen] = useState(false);
  const { setNodeRef, setActivatorNodeRef, listeners, attributes, transform, transition, isDragging } = useSortable({
    id: step.pk,
    disabled: !isSortable,
  });
  const guards = useQuery({ ...guardsQuery(step.policybindingmodel_ptr_id), enabled: can('view_policybinding') }).data;
  const { stage_obj: stage } = step;
  const style = {
    transform: transform === null ? undefined : `translateY(${transform.y}px)`,
    transition,
  };
  const notes = [
    guards !== undefined && guards.length > 0 && counted('flows.guardCount', guards.length),
    step.evaluate_on_plan === true && t('flows.onPlan'),
    step.re_evaluate_policies === false && t('flows.notAgain'),
    step.invalid_response_action !== undefined && step.invalid_response_action !== 'retry' && t('flows.restarts'),
  ].filter((note) => typeof note === 'string');
  return (
    <li ref={setNodeRef} style={style} className="flow-step" data-dragging={isDragging}>
      {isSortable ? (
        <button
          type="button"
          ref={setActivatorNodeRef}
          className="flow-step-handle"
          {...attributes}
          {...listeners}
          aria-label={t('flows.move', { name: stage.name })}
        >
          <Icon name="grip" />
        </button>
      ) : (
        <span />
      )}
      <span className="flow-step-number" aria-hidden="true">
        {number}
      </span>
      <span className="flow-step-text">
        <Link to="/stages/$pk" params={{ pk: stage.pk }} className="flow-step-name" dir="auto">
          {stage.name}
        </Link>
        <span className="row-soft">{[shortKind(stage.verbose_name), ...notes].join(' · ')}</span>
        {figures}
      </span>
      {can('change_flowstagebinding') && (
        <Tooltip label={t('flows.editStep', { name: stage.name })}>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t('flows.editStep', { name: stage.name })}
            onClick={() => setOpen(true)}
          >
            <Icon name="edit" />
          </ActionIcon>
        </Tooltip>
      )}
      {isOpen && <StepDialog flow={flow} step={step} close={() => setOpen(false)} />}
    </li>
  );
}
