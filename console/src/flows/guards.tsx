import { Button, Modal } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';

import { api, contentOf, done, type Schema } from '../api/client';
import { DeleteButton } from '../parts/form/delete-button';
import { ResourceForm } from '../parts/form/resource-form';
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
export function Guards({ target, mode, of }: GuardsProps): ReactNode {
  const { can } = useSession();
  const client = useQueryClient();
  const [isAdding, setAdding] = useState(false);
  const guards = useQuery(guardsQuery(target));
  const finish = (): void => {
    setAdding(false);
    void client.invalidateQueries({ queryKey: guardsQuery(target).queryKey });
    void client.invalidateQueries({ queryKey: flowQuery('').queryKey.slice(0, 1) });
  };
  return (
    <div className="guards">
      <Loaded query={guards} lines={2}>
        {(all) =>
          all.length === 0 ? (
            <p className="row-soft">{t('flows.noGuards')}</p>
          ) : (
            <>
              <p className="row-soft">{t(mode === 'all' ? 'flows.modeAll' : 'flows.modeAny')}</p>
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
        <Button size="xs" variant="default" leftSection={<Icon name="add" />} onClick={() => setAdding(true)}>
          {t('flows.addGuard')}
        </Button>
      )}
      {isAdding && (
        <Modal
          opened
          onClose={() => setAdding(false)}
          title={t('flows.addGuard')}
          closeButtonProps={{ 'aria-label': t('action.cancel') }}
        >
          <ResourceForm
            request="PolicyBindingRequest"
            label={t('flows.addGuard')}
            initial={{ target, order: (guards.data?.at(-1)?.order ?? 0) + 10 }}
            layout={layout}
            action={t('flows.addGuard')}
            cancel={() => setAdding(false)}
            save={(body: Schema<'PolicyBindingRequest'>) => contentOf(api.POST('/policies/bindings/', { body }))}
            saved={finish}
          />
        </Modal>
      )}
    </div>
  );
}

function nameOf({ policy_obj, group_obj, user_obj }: Schema<'PolicyBinding'>): string {
  return policy_obj?.name ?? group_obj?.name ?? user_obj?.username ?? '';
}

function Guard({ guard }: { readonly guard: Schema<'PolicyBinding'> }): ReactNode {
  const kind = isSet(guard.policy) ? 'flows.policy' : isSet(guard.group) ? 'flows.group' : 'flows.user';
  return (
    <span>
      <span className="row-soft">{t(kind)}</span> <bdi>{nameOf(guard)}</bdi>
      {guard.negate === true && <span className="row-soft"> · {t('flows.negated')}</span>}
      {guard.enabled === false && <span className="row-soft"> · {t('flows.disabled')}</span>}
    </span>
  );
}
