import type { ReactNode } from 'react';

import type { Schema } from '../api/client';
import { labelOf } from '../parts/form/field';
import { catalogHas, t, type TextKey } from '../texts/texts';

type Changes = Readonly<Record<string, readonly [unknown, unknown] | null>>;

/** What the import says about an entry of the file, as far as it is shown. */
interface Attributes {
  readonly model?: string;
  readonly id?: string;
  readonly name?: string;
  readonly line?: number;
  readonly changes?: Changes;
}

const outcomes: Readonly<Record<string, readonly [text: TextKey, tone: string]>> = {
  created: ['flows.created', 'good'],
  updated: ['flows.updated', 'warning'],
  deleted: ['flows.deleted', 'failed'],
  skipped: ['flows.skipped', 'none'],
};

interface PlanProps {
  readonly result: Schema<'FlowImportResult'>;
  readonly isDone?: boolean;
}

/** What an import does with each entry of a file: what is new, and each field that changes. */
export function Plan({ result, isDone = false }: PlanProps): ReactNode {
  const { logs, success } = result;
  const title = success ? (isDone ? 'flows.planDone' : 'flows.plan') : 'flows.planWrong';
  return (
    <section aria-label={t(title)}>
      <h3>{t(title)}</h3>
      <ul className="plan">
        {logs.map((line, index) => (
          <li key={index}>
            <Entry line={line} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Entry({ line: { event, attributes } }: { readonly line: Schema<'LogEvent'> }): ReactNode {
  const { model, id, name = id, line, changes = {} } = attributes as Attributes;
  const [done = '', ...notes] = event.split('; ');
  const isUnchanged = done === 'updated' && Object.keys(changes).length === 0;
  const known = isUnchanged ? (['flows.same', 'none'] as const) : outcomes[done];
  const place = [modelText(model), name, line !== undefined && t('flows.line', { line })].filter(Boolean).join(' · ');
  return (
    <>
      <span className="plan-head">
        <span className="state" data-state={known?.[1] ?? 'failed'}>
          {known === undefined ? t('flows.wrong') : t(known[0])}
        </span>
        <span className="row-soft wraps" dir="auto">
          {place}
        </span>
      </span>
      {(known === undefined || notes.length > 0) && (
        <p className="plan-note wraps" lang="en" dir="auto">
          {known === undefined ? event : notes.join('; ')}
        </p>
      )}
      {Object.entries(changes).map(([field, change]) => (
        <p key={field} className="plan-change wraps">
          <span>{labelOf(field)}</span>
          {change === null ? (
            <span className="row-soft">{t('flows.secretChanges')}</span>
          ) : (
            <span>
              <del>{shown(change[0])}</del> → <ins>{shown(change[1])}</ins>
            </span>
          )}
        </p>
      ))}
    </>
  );
}

/** Returns what a model of a file is, such as "Password policies" for `authentik_policies_password.passwordpolicy`. */
function modelText(model: string | undefined): string | undefined {
  const name = model?.split('.')[1];
  const key = `model.${name}`;
  return catalogHas(key) ? t(key as TextKey) : name;
}

function shown(value: unknown): string {
  if (value === '' || value === null) return t('form.none');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
