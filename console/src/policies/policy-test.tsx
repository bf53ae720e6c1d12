import { type ReactNode, useState } from 'react';

import { api, contentOf, type Schema } from '../api/client';
import { ResourceForm } from '../parts/form/resource-form';
import { Panel } from '../parts/page';
import { t } from '../texts/texts';

/** Tries a policy with a user and answers, and shows whether it passes, what it says to visitors, and why. */
export function PolicyTest({ pk }: { readonly pk: string }): ReactNode {
  // What was tested stays in the form.
  const [tested, setTested] = useState<Schema<'PolicyTestRequest'>>();
  const [result, setResult] = useState<Schema<'PolicyTestResult'>>();
  return (
    <Panel title={t('policies.test')}>
      <p className="panel-text">{t('policies.testText', { example: '{"password": "…"}' })}</p>
      <ResourceForm
        request="PolicyTestRequest"
        label={t('policies.test')}
        action={t('policies.testRun')}
        {...(tested !== undefined && { initial: { ...tested } })}
        save={(body: Schema<'PolicyTestRequest'>) => {
          setTested(body);
          return contentOf(
            api.POST('/policies/all/{policy_uuid}/test/', { params: { path: { policy_uuid: pk } }, body }),
          );
        }}
        saved={setResult}
      />
      {result !== undefined && (
        <div className="panel-text" role="status">
          <span className="state" data-state={result.passing ? 'good' : 'failed'}>
            {t(result.passing ? 'policies.passes' : 'policies.fails')}
          </span>
          {result.messages.map((message) => (
            <p key={message} className="wraps" dir="auto">
              {message}
            </p>
          ))}
          {result.log_messages.length > 0 && (
            <ul className="uses" lang="en" aria-label={t('policies.why')}>
              {result.log_messages.map(({ event }) => (
                <li key={event} className="row-soft wraps">
                  {event}
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
    </Panel>
  );
}
