import { Alert, Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Fragment, type ReactNode, type SyntheticEvent, useEffect, useMemo, useRef, useState } from 'react';

import { t } from '../../texts/texts';
import { Icon } from '../icon';
import type { Field } from './field';
import { FieldInput, type InputProps } from './field-input';
import { LeaveGuard } from './leave-guard';
import { noProblems, type Problems, problemsOf } from './problems';
import { fieldsOfRequest, type RequestName } from './requests';
import { isSame, Unread, type Values } from './values';

/** What a form shows otherwise than the document suggests. */
export interface FormLayout {
  /** The essential fields, in their order. By default the required ones, and all if there are few. */
  readonly first?: readonly string[];
  /** Fields that are not shown. */
  readonly hidden?: readonly string[];
  /** Texts of several lines. */
  readonly long?: readonly string[];
  /** Hand-made inputs by field. */
  readonly inputs?: Readonly<Record<string, (props: InputProps) => ReactNode>>;
  /** Whether a field is of use with the other values; shown if it is not named here. */
  readonly only?: Readonly<Record<string, (values: Values) => boolean>>;
  /** What stands before a field, such as a choice that fills in several. */
  readonly before?: Readonly<Record<string, (values: Values, fill: (values: Values) => void) => ReactNode>>;
}

export interface ResourceFormProps<Result> {
  /** Name of the request in the API's document, such as `GroupRequest`. */
  readonly request: RequestName;
  /** What the form is, for assistive technology. */
  readonly label: string;
  /** The stored object; without one, the form creates an object. */
  readonly value?: object | undefined;
  /** What a new object has that the service would not choose, such as the flow that a binding is for. */
  readonly initial?: Values;
  readonly layout?: FormLayout;
  /** Label of the button; "Save" by default. */
  readonly action?: string;
  /** Sends what is changed; for a new object, what is not left to the service. */
  readonly save: (values: never) => Promise<Result>;
  readonly saved: (result: Result) => void;
  readonly cancel?: () => void;
}

/** With no more fields than this, none stands under "More". */
const few = 6;
const usuallyLong = ['content', 'description', 'expression'];

/**
 * A form for any resource of the API, drawn from its document: kinds of fields, choices, limits, defaults and help.
 *
 *     <ResourceForm
 *       request="GroupRequest"
 *       label={t('groups.edit')}
 *       value={group}                                     // left out: the form creates a group
 *       save={(body: Schema<'PatchedGroupRequest'>) => contentOf(api.PATCH('/core/groups/{group_uuid}/', { params, body }))}
 *       saved={() => client.invalidateQueries({ queryKey: ['groups'] })}
 *     />
 *
 * Fields that refer to other objects are listed in `references.ts`. What the service says about a field appears at it, in
 * its words. Unsaved changes warn before they are lost. `layout` orders, hides and replaces fields where that helps.
 * `DeleteButton` beside it shows what uses an object before it is deleted.
 */
export function ResourceForm<Result>(props: ResourceFormProps<Result>): ReactNode {
  const { request, label, value, initial, layout = {}, action, save, saved, cancel } = props;
  const [changes, setChanges] = useState<Values>({});
  const [problems, setProblems] = useState<Problems>(noProblems);
  const form = useRef<HTMLFormElement>(null);
  const fields = useMemo(() => fieldsOfRequest(request, layout.hidden), [request, layout]);
  const stored = useMemo<Values>(
    () => ({ ...(value ?? { ...defaultsOf(fields), ...initial }) }),
    [value, fields, initial],
  );
  const values = { ...stored, ...changes };
  const isChanged = Object.keys(changes).length > 0;

  const { mutate, isPending } = useMutation({
    mutationFn: () => save((value === undefined ? { ...initial, ...changes } : changes) as never),
    onSuccess: (result) => {
      setChanges({});
      saved(result);
    },
    onError: (error) => {
      const names = new Set(fields.map(({ name }) => name));
      setProblems(problemsOf(error, (name) => names.has(name), t('state.unreachable')));
    },
  });
  useEffect(() => {
    if (problems !== noProblems)
      form.current?.querySelector<HTMLElement>('[aria-invalid="true"], [role="alert"]')?.focus();
  }, [problems]);

  const change = (name: string, changed: unknown): void => {
    setProblems(noProblems);
    setChanges(({ [name]: _, ...others }) =>
      changed === undefined || isSame(changed, stored[name]) ? others : { ...others, [name]: changed },
    );
  };
  const fill = (filled: Values): void => Object.entries(filled).forEach(([name, each]) => change(name, each));
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    event.stopPropagation();
    const unread = Object.entries(changes).filter(([, each]) => each instanceof Unread) as [string, Unread][];
    if (unread.length === 0) {
      setProblems(noProblems);
      mutate();
    } else {
      setProblems({ general: [], fields: Object.fromEntries(unread.map(([name, { reason }]) => [name, [reason]])) });
    }
  };

  const seen = fields.filter(({ name }) => layout.only?.[name]?.(values) ?? true);
  const [first, more] = grouped(seen, layout);
  const draw = (field: Field): ReactNode => (
    <Fragment key={field.name}>
      {layout.before?.[field.name]?.(values, fill)}
      <FieldInput
        field={field}
        value={values[field.name]}
        change={(changed) => change(field.name, changed)}
        isSet={(value as Values | undefined)?.[`${field.name}_set`] === true}
        isLong={(layout.long ?? []).includes(field.name) || usuallyLong.includes(field.name)}
        errors={problems.fields[field.name] ?? []}
        input={layout.inputs?.[field.name]}
      />
    </Fragment>
  );
  const hasProblem = more.some(({ name }) => name in problems.fields);
  return (
    <form ref={form} className="resource-form" aria-label={label} noValidate onSubmit={submit}>
      <LeaveGuard isChanged={isChanged && !isPending} />
      {first.map(draw)}
      {more.length > 0 && <More isOpen={hasProblem}>{more.map(draw)}</More>}
      {problems.general.length > 0 && (
        <Alert color="red" role="alert" tabIndex={-1}>
          {problems.general.join(' ')}
        </Alert>
      )}
      <div className="form-actions">
        {cancel !== undefined && (
          <Button variant="default" onClick={cancel}>
            {t('action.cancel')}
          </Button>
        )}
        <Button type="submit" loading={isPending} disabled={value !== undefined && !isChanged}>
          {action ?? t('form.save')}
        </Button>
        {cancel === undefined && isChanged && (
          <Button
            variant="default"
            onClick={() => {
              setChanges({});
              setProblems(noProblems);
            }}
          >
            {t('form.undo')}
          </Button>
        )}
      </div>
    </form>
  );
}

/** Fields that are of use less often. A message of the service at one of them opens the group. */
function More({ isOpen, children }: { readonly isOpen: boolean; readonly children: ReactNode }): ReactNode {
  const [wanted, setWanted] = useState(false);
  return (
    <details
      className="form-more"
      open={wanted || isOpen}
      onToggle={({ currentTarget }) => setWanted(currentTarget.open)}
    >
      <summary>
        <Icon name="next" />
        {t('form.more')}
      </summary>
      <div className="form-more-fields">{children}</div>
    </details>
  );
}

function defaultsOf(fields: readonly Field[]): Values {
  return Object.fromEntries(
    fields.filter(({ byDefault }) => byDefault !== undefined).map(({ name, byDefault }) => [name, byDefault]),
  );
}

/** The essential fields in their order, and the others. */
function grouped(fields: readonly Field[], { first }: FormLayout): readonly [readonly Field[], readonly Field[]] {
  if (first === undefined && fields.length <= few) return [fields, []];
  const names =
    first ?? fields.filter(({ name, isRequired }) => isRequired === true || name === 'name').map(({ name }) => name);
  const essential = names.flatMap((name) => fields.find((field) => field.name === name) ?? []);
  return [essential, fields.filter((field) => !essential.includes(field))];
}
