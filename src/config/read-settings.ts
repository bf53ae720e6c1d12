import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';

import { mailImageKindOf, maxMailImage } from '../syntax/mail-image.js';
import { type SettingDeclaration, settingsOf } from './setting.js';
import { Settings } from './settings.js';

/** The environment holds values that cannot be used; the message names every one of them. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

const declarations = settingsOf(Settings);

/** Every variable of the environment, with its comment and its default, in the order of `.env.example`. */
export const definitions = Object.fromEntries(
  [...declarations].map(([name, { property, comment }]) => [
    name,
    { comment, fallback: new Settings()[property as keyof Settings] },
  ]),
);

/** Where the value of a setting comes from; `file`: the file that `<NAME>_FILE` names. */
export type SettingSource = 'default' | 'environment' | 'file';

const sources = new WeakMap<Settings, ReadonlyMap<string, SettingSource>>();

/** Returns where the values of settings come from, by the names of their variables; those with their default are missing. */
export function sourcesOf(settings: Settings): ReadonlyMap<string, SettingSource> {
  return sources.get(settings) ?? new Map();
}

/** Remembers where changed values of settings come from. */
export function updateSources(settings: Settings, from: Settings, names: readonly string[]): void {
  const current = new Map(sourcesOf(settings));
  for (const name of names) {
    const source = sourcesOf(from).get(name);
    if (source === undefined) current.delete(name);
    else current.set(name, source);
  }
  sources.set(settings, current);
}

/** Prefixes under which a variable we do not know is most likely a misspelt setting. */
const ourPrefixes = [
  'METRICS_',
  'SECURITY_',
  'EMAIL_',
  'SIGN_UP_',
  'MAIL_',
  'MIGRATE_',
  'BOOTSTRAP_',
  'DATABASE_',
  'SHUTDOWN_',
  'SMTP_',
  'BRAND_',
  'PAGE_',
  'EVENT_',
  'BLUEPRINT_',
  'DNS_',
  'VERIFICATION_',
  'WEBHOOK_',
];

/**
 * The environment that settings are read from: the process's own, completed by the file `.env` in `folder` if there
 * is one. The process's variables win.
 */
export function environment(folder = process.cwd()): NodeJS.ProcessEnv {
  let file = '';
  try {
    file = readFileSync(`${folder}/.env`, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return { ...parseEnv(file), ...process.env };
}

/**
 * Reads every setting.
 *
 * @returns the settings, and a line for each variable that looks like a misspelt setting
 * @throws SettingsError that names every variable whose value cannot be used
 */
export function readSettings(env: NodeJS.ProcessEnv): { settings: Settings; warnings: string[] } {
  const { given, problems } = givenValues(env);
  const settings = plainToInstance(Settings, given, { excludeExtraneousValues: true, exposeDefaultValues: true });
  const errors = validateSync(settings, {
    skipUndefinedProperties: true,
    // Neither the settings nor a value, which may be secret, belong into an error.
    validationError: { target: false, value: false },
  });
  const constraints = new Map(errors.map((error) => [error.property, Object.values(error.constraints ?? {})]));
  const lines = [...declarations].flatMap(([name, { property }]) => {
    const message = problems.get(name) ?? constraints.get(property)?.[0];
    return message === undefined ? [] : [`${name} ${message}`];
  });
  if (lines.length > 0) throw new SettingsError(`Settings that cannot be used:\n  ${lines.join('\n  ')}`);
  const sourceOf = (name: string): SettingSource => (unlessEmpty(env[name]) === undefined ? 'file' : 'environment');
  sources.set(settings, new Map(Object.keys(given).map((name) => [name, sourceOf(name)])));
  return { settings, warnings: [...misspelt(env), ...withoutLogo(settings)] };
}

/** The texts of the variables that are set, and a message for each one that cannot be read. */
function givenValues(env: NodeJS.ProcessEnv): { given: Record<string, string>; problems: Map<string, string> } {
  const given: Record<string, string> = {};
  const problems = new Map<string, string>();
  for (const [name, declaration] of declarations) {
    try {
      const value = valueOf(name, declaration, env);
      if (value !== undefined) given[name] = value;
    } catch (error) {
      problems.set(name, (error as Error).message);
    }
  }
  return { given, problems };
}

function valueOf(name: string, { secret }: SettingDeclaration, env: NodeJS.ProcessEnv): string | undefined {
  const value = unlessEmpty(env[name]);
  const file = secret ? unlessEmpty(env[`${name}_FILE`]) : undefined;
  if (file === undefined) return value;
  if (value !== undefined) throw new Error(`and ${name}_FILE are both set; set one of them`);
  try {
    return unlessEmpty(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`cannot be read from ${name}_FILE: ${(error as Error).message}`, { cause: error });
  }
}

/** An empty variable is an unset one: that is what a line `NAME=` of an env file means. */
function unlessEmpty(text: string | undefined): string | undefined {
  const trimmed = text?.trim();
  return trimmed === '' ? undefined : trimmed;
}

/** A warning if mails cannot show the logo. */
function withoutLogo({ brandLogo }: Settings): string[] {
  if (brandLogo === undefined || mailImageKindOf(readFileSync(brandLogo)) !== undefined) return [];
  return [
    `BRAND_LOGO is shown on pages only: mails show PNG, JPEG or GIF of at most ${maxMailImage} bytes, and now the name alone`,
  ];
}

function misspelt(env: NodeJS.ProcessEnv): string[] {
  return Object.keys(env)
    .filter((name) => ourPrefixes.some((prefix) => name.startsWith(prefix)))
    .filter((name) => !declarations.has(name) && !declarations.has(name.replace(/_FILE$/, '')))
    .map((name) => `${name} is set but is not a setting of this service; is it misspelt?`);
}
