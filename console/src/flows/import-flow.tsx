import { Alert, Button, FileButton } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';

import { Back } from '../parts/back';
import { Page, Panel } from '../parts/page';
import { t } from '../texts/texts';
import { Plan } from './plan';
import { importFile } from './queries';

/** Imports a flow from a file, after it has shown what that would create and change. */
export function ImportFlow(): ReactNode {
  const client = useQueryClient();
  const [file, setFile] = useState<File>();
  const plan = useMutation({ mutationFn: (chosen: File) => importFile(chosen, true) });
  const run = useMutation({
    mutationFn: (chosen: File) => importFile(chosen, false),
    onSuccess: () => void client.invalidateQueries(),
  });
  const choose = (chosen: File | null): void => {
    if (chosen === null) return;
    run.reset();
    setFile(chosen);
    plan.mutate(chosen);
  };
  const error = plan.error ?? run.error;
  const isDone = run.data?.success === true;
  return (
    <Page title={t('flows.import')} above={<Back to="/flows">{t('flows.back')}</Back>}>
      <Panel title={file?.name ?? t('flows.importFile')}>
        <div className="import">
          <p className="row-soft">{t('flows.importText')}</p>
          <div className="form-actions">
            <FileButton accept=".yaml,.yml,.json" onChange={choose}>
              {(props) => (
                <Button {...props} variant={file === undefined ? 'filled' : 'default'} loading={plan.isPending}>
                  {t(file === undefined ? 'flows.chooseFile' : 'flows.otherFile')}
                </Button>
              )}
            </FileButton>
            {file !== undefined && plan.data?.success === true && !isDone && (
              <Button loading={run.isPending} onClick={() => run.mutate(file)}>
                {t('flows.apply')}
              </Button>
            )}
          </div>
          {error !== null && (
            <Alert color="red" role="alert">
              {t('action.failed', { reason: error.message || t('state.unreachable') })}
            </Alert>
          )}
          <div role="status">
            {isDone && <p className="import-done">{t('flows.imported')}</p>}
            {run.data?.success === false && <Plan result={run.data} />}
          </div>
          {plan.data !== undefined && run.data?.success !== false && <Plan result={plan.data} isDone={isDone} />}
        </div>
      </Panel>
    </Page>
  );
}
