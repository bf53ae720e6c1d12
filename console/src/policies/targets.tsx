import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import type { InputProps } from '../parts/form/field-input';
import { textOf } from '../parts/form/values';
import { t } from '../texts/texts';
import { type Target, targetsQuery } from './queries';

/** Returns the name of a flow, or of a step with its flow. */
export function targetName({ flow, stage }: Target): string {
  return stage === undefined ? flow.name : t('policies.stepOf', { stage, flow: flow.name });
}

/** Chooses a flow or a step. */
export function TargetInput({ value, change, common }: InputProps): ReactNode {
  const targets = useQuery(targetsQuery).data ?? [];
  return (
    <Select
      {...common}
      label={t('policies.target')}
      description={undefined}
      data={targets.map((target) => ({ value: target.key, label: targetName(target) }))}
      value={textOf(value) === '' ? null : textOf(value)}
      onChange={change}
      searchable
      limit={50}
      placeholder={t('form.choose')}
      nothingFoundMessage={t('form.nothingFound')}
    />
  );
}
