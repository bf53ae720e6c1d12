import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';

import { api, contentOf, done, type Schema } from '../api/client';
import { DeleteButton } from '../parts/form/delete-button';
import { FormDialog } from '../parts/form/form-dialog';
import type { Values } from '../parts/form/values';
import { Icon } from '../parts/icon';
import { Loaded } from '../parts/states';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { flowQuery, guardsQuery } from './queries';

interface GuardsProps {
  /** Key that bindings of policies refer to. */
  readonly target: string;
  readonly mode?: Schema<'PolicyEngineMode'> | undefined;
  /** Name of what they decide about. */
  readonly of: string;
  /** Said above them; by default whether one or all must pass. */
  readonly intro?: string;
  /** Said if there are none; by default that nothing restricts it. */
  readonly none?: string;
  /** Stands beside the button that adds one. */
  readonly beside?: ReactNode;
}

/** One of them is bound. */
const layout = {
  first: ['policy', 'group', 'user', 'negate'],
  hidden: ['target'],
  only: {
    policy: (values: Values) => !isSet(values['group']) && !isSet(values['user']),
    group: (values: Values) => !isSet(values['policy']) && !isSet(values['user']),
    user: (values: Values) => !isSet(values['policy']) && !isSet(values['group']),
  },
};

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

/** The policies, groups and users that decide who passes: list, add, remove. */
export function Guards(props: GuardsProps): ReactNode {
  const { target, mode, of, beside } = props;
  const { intro = t(mode === 'all' ? 'flows.modeAll' : 'flows.modeAny'), none = t('flows.noGuards') } = props;
  const { can } = useSession();
  const client = useQueryClient();
  const [isAdding, setAdding] = useState(false);
  const guards = useQuery(guardsQuery(target));
  const finish = (): void => {
    void client.invalidateQueries({ queryKey: guardsQuery(target).queryKey });
    void client.invalidateQueries({ queryKey: flowQuery('').queryKey.slice(0, 1) });
  };
  return (
    <div className="guards">
      <Loaded query={guards} lines={2}>
        {(all) =>
          all.length === 0 ? (
            <p className="row-soft">{none}</p>
          ) : (
            <>
              <p className="row-soft">{intro}</p>
              <ul className="uses">
                {all.map((guard) => (
                  <li key={guard.pk}>
                    <Guard guard={guard} />
                    {can('delete_policybinding') && (
                      <DeleteButton
                        name={t('flows.theGuard', { name: nameOf(guard), of })}
                        label={t('flows.removeGuard', { name: nameOf(guard) })}
                        action={t('flows.remove')}
                        remove={() =>
                          done(
                            api.DELETE('/policies/bindings/{policy_binding_uuid}/', {
                              params: { path: { policy_binding_uuid: guard.pk } },
                            }),
                          )
                        }
                        removed={finish}
                      />
                    )}
                  </li>
                ))}
              </ul>
            </>
          )
        }
      </Loaded>
      {can('add_policybinding') && (
        <div className="line-actions">
          {beside}
          <Button size="xs" variant="default" leftSection={<Icon name="add" />} onClick={() => setAdding(true)}>
            {t('flows.addGuard')}
          </Button>
        </div>
      )}
      <FormDialog
        title={t('flows.addGuard')}
        action={t('flows.addGuard')}
        request="PolicyBindingRequest"
        initial={{ target, order: (guards.data?.at(-1)?.order ?? 0) + 10 }}
        layout={layout}
        isOpen={isAdding}
        close={() => setAdding(false)}
        save={(body: Schema<'PolicyBindingRequest'>) => contentOf(api.POST('/policies/bindings/', { body }))}
        saved={finish}
      />
    </div>
  );
}

function nameOf({ policy_obj, group_obj, user_obj }: Schema<'PolicyBinding'>): string {
  return policy_obj?.name ?? group_obj?.name ?? user_obj?.username ?? '';
}

function Guard({ guard }: { readonly guard: Schema<'PolicyBinding'> }): ReactNode {
  const { can } = useSession();
  const { policy, policy_obj: seen } = guard;
  const kind = isSet(policy) ? 'flows.policy' : isSet(guard.group) ? 'flows.group' : 'flows.user';
  return (
    <span>
      <span className="row-soft">{t(kind)}</span>{' '}
      {seen === null || !can('view_policy') ? (
        <bdi>{nameOf(guard)}</bdi>
      ) : (
        <Link to="/policies/$pk" params={{ pk: seen.pk }} className="text-link" dir="auto">
          {nameOf(guard)}
        </Link>
      )}
      {guard.negate === true && <span className="row-soft"> · {t('flows.negated')}</span>}
      {guard.enabled === false && <span className="row-soft"> · {t('flows.disabled')}</span>}
    </span>
  );
}
