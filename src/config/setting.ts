import { applyDecorators } from '@nestjs/common';
import { Expose, Transform } from 'class-transformer';
import { IsBoolean, IsDefined, IsInt, Matches, Max, Min, ValidateBy, ValidateIf } from 'class-validator';

/** What the environment has to know of a setting, apart from its value. */
export interface SettingDeclaration {
  /** Property of the settings: `emailUseTls` for `EMAIL_USE_TLS`. */
  readonly property: string;
  readonly comment: string;
  /** A secret may also come from the file that `<NAME>_FILE` names. */
  readonly secret: boolean;
  /** Whether a change applies without a restart. Code reads such a setting at each use. */
  readonly reloadable: boolean;
}

const declarationsKey = Symbol('setting declarations');

/** Returns the declared settings of a class by the names of their variables, in order of declaration. */
export function settingsOf(type: object): ReadonlyMap<string, SettingDeclaration> {
  return (Reflect.getMetadata(declarationsKey, type) as Map<string, SettingDeclaration> | undefined) ?? new Map();
}

/** Declares a property as a setting: `emailUseTls` is read from the variable `EMAIL_USE_TLS`. */
export function Setting(comment: string, { secret = false, reloadable = false } = {}): PropertyDecorator {
  return (target, key) => {
    const property = String(key);
    const name = variableOf(property);
    const declarations = new Map([
      ...settingsOf(target.constructor),
      [name, { property, comment, secret, reloadable }],
    ]);
    Reflect.defineMetadata(declarationsKey, declarations, target.constructor);
    Expose({ name })(target, key);
  };
}

/** Declares a setting whose change applies without a restart. Read it at each use, not in a constructor. */
export function ReloadableSetting(comment: string): PropertyDecorator {
  return Setting(comment, { reloadable: true });
}

/** Declares a setting that may also come from the file that `<NAME>_FILE` names. */
export function Secret(comment: string): PropertyDecorator {
  return Setting(comment, { secret: true });
}

function variableOf(property: string): string {
  return property.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

// Every message completes the name of the variable. A value gets one message, so constraints of one kind share theirs.

/** For a setting that is one of several words. */
export const oneOf = { message: 'must be one of $constraint1' };

/** For a setting with a least length. */
export const tooShort = { message: 'must have at least $constraint1 characters' };

/** Converts decimal digits to a number. */
export function WholeNumber(minimum: number, maximum: number): PropertyDecorator {
  const message = `must be a whole number from ${minimum} to ${maximum}`;
  return applyDecorators(
    // `Number` alone would also take 1e3, 0x10 and 1.0.
    Transform(({ value }: { value: string }) => (/^\d+$/.test(value) ? Number(value) : Number.NaN)),
    IsInt({ message }),
    Min(minimum, { message }),
    Max(maximum, { message }),
  );
}

const booleans = new Map([
  ['true', true],
  ['1', true],
  ['yes', true],
  ['false', false],
  ['0', false],
  ['no', false],
]);

/** Converts `true`, `1` and `yes`, or `false`, `0` and `no`, in any case. */
export function Flag(): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: string }) => booleans.get(value.toLowerCase()) ?? value),
    IsBoolean({ message: 'must be true or false' }),
  );
}

/**
 * Constraint: a URL with one of these beginnings, such as `https://` or `mailto:`. `IsUrl` does not fit: it accepts no
 * `mailto:` and refuses addresses of PostgreSQL that `pg` accepts.
 */
export function UrlWith(beginnings: readonly string[]): PropertyDecorator {
  return ValidateBy({
    name: 'urlWith',
    validator: {
      // `URL` also takes `https:host` and drops line breaks, but the text is used as it is.
      validate: (value: string) =>
        beginnings.some((beginning) => value.toLowerCase().startsWith(beginning) && value.length > beginning.length) &&
        !/\s/.test(value) &&
        URL.canParse(value),
      defaultMessage: () => `must be a URL that starts with ${beginnings.join(' or ')}`,
    },
  });
}

/** Converts three or six hexadecimal digits. `#` may stand before them, but begins a comment in an env file. */
export function Colour(): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: string }) => value.replace(/^#/, '').toLowerCase()),
    Matches(/^([0-9a-f]{3}|[0-9a-f]{6})$/, { message: 'must be a colour such as 2450c8' }),
  );
}

/** Converts a day, or a moment as in RFC 3339, to a moment in UTC. */
export function Moment(): PropertyDecorator {
  return ConvertedBy((value) => {
    const time = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/.test(value) ? Date.parse(value) : Number.NaN;
    if (Number.isNaN(time)) throw new Error('must be a date such as 2027-06-30');
    return new Date(time).toISOString();
  });
}

/** Converts the text with `convert`; an error that it throws is the value until validation, which reports its message. */
export function ConvertedBy(convert: (text: string) => unknown): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: string }) => {
      try {
        return convert(value);
      } catch (error) {
        return error;
      }
    }),
    ValidateBy({
      name: 'convertedBy',
      validator: {
        validate: (value) => !(value instanceof Error),
        defaultMessage: (context) => (context?.value as Error).message,
      },
    }),
  );
}

/** Constraint: a value that `problemOf` finds no fault with. Its message completes the name of the variable. */
export function Valid(problemOf: (value: string) => string | undefined): PropertyDecorator {
  return ValidateBy({
    name: 'valid',
    validator: {
      validate: (value: string) => problemOf(value) === undefined,
      defaultMessage: (context) => problemOf(context?.value as string) ?? '',
    },
  });
}

/** Constraint: a combination of settings that `problemOf` finds no fault with. */
export function ValidWith(problemOf: (settings: never) => string | undefined): PropertyDecorator {
  return ValidateBy({
    name: 'validWith',
    validator: {
      validate: (_, context) => problemOf(context?.object as never) === undefined,
      defaultMessage: (context) => problemOf(context?.object as never) ?? '',
    },
  });
}

/** Constraint: set if the setting `other` is. */
export function RequiredWith(other: string): PropertyDecorator {
  return applyDecorators(
    ValidateIf((settings: Record<string, unknown>, value) => value !== undefined || settings[other] !== undefined),
    IsDefined({ message: `is required with ${variableOf(other)}` }),
  );
}
