import { Modal } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { api, contentOf, done, type Schema } from '../api/client';
import { DeleteButton } from '../parts/form/delete-button';
import { ResourceForm } from '../parts/form/resource-form';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { Guards } from './guards';
import { flowQuery, stepsQuery } from './queries';

interface StepDialogProps {
  readonly flow: Schema<'Flow'>;
  /** Without one, a step is added. */
  readonly step?: Schema<'FlowStageBinding'>;
  /** Place of a new step. */
  readonly order?: number;
  readonly close: () => void;
}

const layout = { first: ['stage', 're_evaluate_policies', 'evaluate_on_plan'], hidden: ['target'] };

/** Adds a step to a flow, or changes or removes one. */
export function StepDialog({ flow, step, order, close }: StepDialogProps): ReactNode {
  const { can } = useSession();
  const client = useQueryClient();
  const path = { fsb_uuid: step?.pk ?? '' };
  const finish = (): void => {
    void client.invalidateQueries({ queryKey: stepsQuery(flow.pk).queryKey });
    void client.invalidateQueries(flowQuery(flow.slug));
    void client.invalidateQueries({ queryKey: ['stage'] });
    close();
  };
  return (
    <Modal
      opened
      onClose={close}
      size="lg"
      title={step === undefined ? t('flows.addStep') : t('flows.editStep', { name: step.stage_obj.name })}
      closeButtonProps={{ 'aria-label': t('action.cancel') }}
    >
      <ResourceForm
        request="FlowStageBindingRequest"
        label={t('flows.step')}
        value={step}
        {...(step === undefined && { initial: { target: flow.pk, order }, action: t('flows.addStep') })}
        layout={layout}
        cancel={close}
        save={(body: Schema<'FlowStageBindingRequest'>) =>
          step === undefined
            ? contentOf(api.POST('/flows/bindings/', { body }))
            : contentOf(api.PATCH('/flows/bindings/{fsb_uuid}/', { params: { path }, body }))
        }
        saved={finish}
      />
      {step !== undefined && can('view_policybinding') && (
        <section className="dialog-part" aria-label={t('flows.stepGuards')}>
          <h3>{t('flows.stepGuards')}</h3>
          <Guards target={step.policybindingmodel_ptr_id} mode={step.policy_engine_mode} of={step.stage_obj.name} />
        </section>
      )}
      {step !== undefined && can('delete_flowstagebinding') && (
        <div className="dialog-part">
          <DeleteButton
            name={t('flows.theStep', { name: step.stage_obj.name })}
            action={t('flows.removeStep')}
            usedBy={() => contentOf(api.GET('/flows/bindings/{fsb_uuid}/used_by/', { params: { path } }))}
            remove={() => done(api.DELETE('/flows/bindings/{fsb_uuid}/', { params: { path } }))}
            removed={finish}
          />
        </div>
      )}
    </Modal>
  );
}
