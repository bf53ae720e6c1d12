import { Checkbox, Group, MultiSelect, NativeSelect, Switch, TagsInput, Textarea, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';

import { t } from '../../texts/texts';
import { choiceLabel, type Field, labelOf } from './field';
import { Help } from './help';
import { ReferenceInput, ReferencesInput } from './reference-input';
import { referenceOf } from './references';
import { SecretInput } from './secret-input';
import { localTime, textOf, Unread } from './values';

/** What every input of a form takes. */
export interface InputProps {
  readonly field: Field;
  readonly value: unknown;
  readonly change: (value: unknown) => void;
  /** Whether the stored object has a value that is not shown. */
  readonly isSet: boolean;
  /** The text has several lines. */
  readonly isLong: boolean;
  /** Label, help and error, for the component. */
  readonly common: {
    readonly name: string;
    readonly label: ReactNode;
    readonly description: ReactNode;
    readonly error: ReactNode;
    readonly withAsterisk: boolean;
  };
}

interface FieldInputProps extends Omit<InputProps, 'common'> {
  readonly errors: readonly string[];
  /** A hand-made input in place of the usual one. */
  readonly input?: ((props: InputProps) => ReactNode) | undefined;
}

/** The input of a field, with its label, its help and what the service said to its value. */
export function FieldInput({ errors, input: Input = UsualInput, ...props }: FieldInputProps): ReactNode {
  const { field } = props;
  const common = {
    name: field.name,
    label: labelOf(field.name),
    description:
      field.help === '' ? undefined : <Help text={field.help} isTranslated={field.isHelpTranslated === true} />,
    error: errors.length > 0 ? errors.join(' ') : undefined,
    withAsterisk: field.isRequired === true,
  };
  return (
    <div className="field" data-field={field.name}>
      <Input {...props} common={common} />
    </div>
  );
}

/** The input for the kind of a field. */
function UsualInput(props: InputProps): ReactNode {
  const { field, value, change, common, isLong } = props;
  const reference = referenceOf(field.name);
  const text = textOf(value);
  if (field.isSecret === true) return <SecretInput {...props} />;
  if (field.kind === 'boolean') {
    const { withAsterisk: _, ...others } = common;
    return (
      <Switch {...others} checked={value === true} onChange={({ currentTarget }) => change(currentTarget.checked)} />
    );
  }
  if (field.kind === 'choice') return <ChoiceInput {...props} />;
  if (field.kind === 'choices') return <ChoicesInput {...props} />;
  if (field.kind === 'key' && reference !== undefined) return <ReferenceInput {...props} reference={reference} />;
  if (field.kind === 'integer' && reference !== undefined) return <ReferenceInput {...props} reference={reference} />;
  if (field.kind === 'keys' && reference !== undefined) return <ReferencesInput {...props} reference={reference} />;
  if (field.kind === 'texts' || field.kind === 'keys') {
    return <TagsInput {...common} value={Array.isArray(value) ? value.map(String) : []} onChange={change} />;
  }
  if (field.kind === 'json') return <JsonInput {...props} />;
  if (field.kind === 'time') {
    return (
      <TextInput
        {...common}
        type="datetime-local"
        value={localTime(value)}
        onChange={({ currentTarget: { value: typed } }) => change(typed === '' ? null : new Date(typed).toISOString())}
      />
    );
  }
  if (field.kind === 'integer') {
    return (
      <TextInput
        {...common}
        type="number"
        inputMode="numeric"
        {...(field.minimum !== undefined && { min: field.minimum })}
        {...(field.maximum !== undefined && { max: field.maximum })}
        value={text}
        onChange={({ currentTarget: { value: typed } }) =>
          change(typed === '' ? (field.isNullable === true ? null : '') : Number(typed))
        }
      />
    );
  }
  const texts = {
    ...common,
    value: text,
    dir: 'auto',
    ...(field.maxLength !== undefined && { maxLength: field.maxLength }),
    onChange: ({ currentTarget }: { currentTarget: { value: string } }) => change(currentTarget.value),
  };
  // A description is read by people, other long texts by programs.
  if (field.name === 'description') return <Textarea {...texts} rows={3} />;
  return isLong ? <Textarea {...texts} rows={6} className="long" spellCheck={false} /> : <TextInput {...texts} />;
}

function ChoiceInput({ field, value, change, common }: InputProps): ReactNode {
  const isEmpty = value === undefined || value === null;
  const none = isEmpty || field.isNullable === true ? [{ value: '', label: t('form.none') }] : [];
  return (
    <NativeSelect
      {...common}
      value={textOf(value)}
      data={[...none, ...(field.choices ?? []).map((choice) => ({ value: choice, label: choiceLabel(choice) }))]}
      onChange={({ currentTarget: { value: chosen } }) => change(chosen === '' ? null : chosen)}
    />
  );
}

/** A few choices are all shown; many are searched. */
function ChoicesInput({ field, value, change, common }: InputProps): ReactNode {
  const chosen = Array.isArray(value) ? value.map(String) : [];
  const { choices = [] } = field;
  const labels = choices.map((choice) => ({ value: choice, label: choiceLabel(choice) }));
  if (choices.length > 8) {
    return <MultiSelect {...common} data={labels} value={chosen} searchable clearable onChange={change} />;
  }
  return (
    <Checkbox.Group {...common} value={chosen} onChange={change}>
      <Group gap="md" mt={4}>
        {labels.map(({ value: choice, label }) => (
          <Checkbox key={choice} value={choice} label={label} />
        ))}
      </Group>
    </Checkbox.Group>
  );
}

function JsonInput({ value, change, common }: InputProps): ReactNode {
  const [text, setText] = useState(() => JSON.stringify(value ?? {}, null, 2));
  return (
    <Textarea
      {...common}
      className="long"
      rows={5}
      dir="ltr"
      spellCheck={false}
      value={text}
      onChange={({ currentTarget: { value: typed } }) => {
        setText(typed);
        try {
          change(JSON.parse(typed));
        } catch (error) {
          change(new Unread(t('form.noJson', { reason: (error as Error).message })));
        }
      }}
    />
  );
}
