import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';

import { api, contentOf, done, type Schema } from '../api/client';
import { DeleteButton } from '../parts/form/delete-button';
import { FormDialog } from '../parts/form/form-dialog';
import { Icon } from '../parts/icon';
import { Panel } from '../parts/page';
import { Loaded } from '../parts/states';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { bindingsQuery, type Target, targetsQuery, usesQuery } from './queries';
import { TargetInput, targetName } from './targets';

const layout = {
  first: ['target', 'negate', 'enabled', 'order'],
  hidden: ['policy', 'group', 'user'],
  inputs: { target: TargetInput },
};

/** The flows, steps and prompt stages that use a policy, with buttons to bind it and to take it away. */
export function Bindings({ policy: { pk, name } }: { readonly policy: Schema<'Policy'> }): ReactNode {
  const { can } = useSession();
  const client = useQueryClient();
  const [isAdding, setAdding] = useState(false);
  const bindings = useQuery({ ...bindingsQuery(pk), enabled: can('view_policybinding') });
  const uses = useQuery(usesQuery(pk));
  const seesTargets = can('view_flow') && can('view_flowstagebinding');
  const targets = useQuery({ ...targetsQuery, enabled: seesTargets }).data ?? [];
  const finish = (): void => {
    for (const key of ['policy bindings', 'policy list']) void client.invalidateQueries({ queryKey: [key] });
    void client.invalidateQueries({ queryKey: ['policy', pk] });
  };
  const all = bindings.data ?? [];
  return (
    <Panel title={t('policies.usedIn')}>
      <div className="guards">
        <Loaded query={uses} lines={2}>
          {(others) =>
            all.length + others.length === 0 ? (
              <p className="row-soft">{t('policies.unusedText')}</p>
            ) : (
              <ul className="uses">
                {all.map((binding) => (
                  <Binding
                    key={binding.pk}
                    binding={binding}
                    target={targets.find(({ key }) => key === binding.target)}
                    name={name}
                    removed={finish}
                  />
                ))}
                {others.map((use) => (
                  <li key={use.pk}>
                    <bdi>{use.name}</bdi>
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
        {can('add_policybinding') && seesTargets && (
          <Button size="xs" variant="default" leftSection={<Icon name="add" />} onClick={() => setAdding(true)}>
            {t('policies.bind')}
          </Button>
        )}
      </div>
      <FormDialog
        title={t('policies.bind')}
        action={t('policies.bind')}
        request="PolicyBindingRequest"
        initial={{ policy: pk, order: 0 }}
        layout={layout}
        isOpen={isAdding}
        close={() => setAdding(false)}
        save={(body: Schema<'PolicyBindingRequest'>) => contentOf(api.POST('/policies/bindings/', { body }))}
        saved={finish}
      />
    </Panel>
  );
}

interface BindingProps {
  readonly binding: Schema<'PolicyBinding'>;
  /** Undefined if the visitor may not see it, or if it is neither a flow nor a step. */
  readonly target: Target | undefined;
  /** Name of the policy. */
  readonly name: string;
  readonly removed: () => void;
}

function Binding({ binding, target, name, removed }: BindingProps): ReactNode {
  const { can } = useSession();
  const { pk, negate, enabled } = binding;
  const of = target === undefined ? t('policies.hidden') : targetName(target);
  const path = { policy_binding_uuid: pk };
  return (
    <li>
      <span>
        {target === undefined ? (
          of
        ) : (
          <Link to="/flows/$slug" params={{ slug: target.flow.slug }} className="text-link" dir="auto">
            {of}
          </Link>
        )}
        {negate === true && <span className="row-soft"> · {t('flows.negated')}</span>}
        {enabled === false && <span className="row-soft"> · {t('flows.disabled')}</span>}
      </span>
      {can('delete_policybinding') && (
        <DeleteButton
          name={t('flows.theGuard', { name, of })}
          label={t('flows.removeGuard', { name: of })}
          action={t('flows.remove')}
          remove={() => done(api.DELETE('/policies/bindings/{policy_binding_uuid}/', { params: { path } }))}
          removed={removed}
        />
      )}
    </li>
  );
}
