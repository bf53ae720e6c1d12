import { QueryFailedError } from 'typeorm';

import { AppError } from '../../rest/errors/app-error.js';
import { asDatabaseConflict } from '../../rest/errors/database-conflict.js';
import { ValidationError } from '../../rest/errors/validation-error.js';
import { englishErrors } from '../../rest/messages/english.js';
import { BlueprintError } from './blueprint-error.js';
import type { BlueprintEntry } from './blueprint.js';
import type { LogEventDto } from './dto/flow-import.dto.js';
import type { EntryOutcome } from './import-run.js';
import { limits } from './limits.js';
import type { MissingKinds } from './missing-kinds.js';
import { InvalidEntry } from './read-request.js';
import { isMap } from './tree.js';

export function log(log_level: LogEventDto['log_level'], event: string, attributes: object): LogEventDto {
  const logger = 'authentik.blueprints.v1.importer';
  return { timestamp: new Date(), log_level, logger, event, attributes: { ...attributes } };
}

/** Returns the log entry for an entry of the file, without its values, which may be secret. */
export function entryLog(entry: BlueprintEntry, outcome: EntryOutcome): LogEventDto {
  const { done, withoutEffect = [], warnings = [], lacks = [], isWithout = false, ...attributes } = outcome;
  const notes = [
    ...(withoutEffect.length > 0 ? ['some attributes have no effect'] : []),
    ...warnings,
    ...(isWithout && done !== 'left out' ? ['denies in place of what was left out'] : []),
    ...(lacks.length > 0 && !isWithout ? ['some references are empty'] : []),
  ];
  const level = notes.length > 0 || done === 'left out' ? 'warning' : 'info';
  return log(level, [done, ...notes].join('; '), {
    ...placeOf(entry),
    ...attributes,
    ...(withoutEffect.length > 0 && { attributes: withoutEffect }),
    ...(lacks.length > 0 && { missing: lacks }),
  });
}

/** Returns the log entry that lists what a file was imported without. */
export function leftOutLog(missing: MissingKinds): LogEventDto {
  return log('warning', `imported without: ${missing.models.join(', ')}`, { missing: missing.list });
}

/**
 * Returns the log entry that refuses a file for all kinds that it lacks.
 *
 * @param entry the first one that lacks something
 * @param isWithheld whether a model exists and no file may hold it
 */
export function missingLog(
  entry: BlueprintEntry | undefined,
  missing: MissingKinds,
  isWithheld: (model: string) => boolean,
): LogEventDto {
  const [first = '', ...more] = missing.models;
  const place = { ...placeOf(entry), missing: missing.list };
  if (more.length > 0) return log('warning', `app or model does not exist: ${missing.models.join(', ')}`, place);
  if (isWithheld(first)) return log('warning', `entry invalid: Model ${first} not allowed`, place);
  const [app, model] = first.split('.', 2);
  return log('warning', 'app or model does not exist', { ...place, app, model });
}

/** Returns the log entry for an error in the file; undefined for other errors. */
export function failureLog(entry: BlueprintEntry | undefined, error: unknown): LogEventDto | undefined {
  const known = asDatabaseConflict(error) ?? error;
  const place = placeOf(entry);
  if (known instanceof ValidationError) {
    const errors = `Serializer errors ${JSON.stringify(englishErrors(known.errors))}`;
    const reasons = known instanceof InvalidEntry ? known.reasons : [];
    return log('warning', `entry invalid: ${[errors, ...reasons].join('; ')}`, place);
  }
  if (known instanceof BlueprintError || known instanceof AppError) {
    const line = known instanceof BlueprintError && known.line !== undefined ? { line: known.line } : {};
    return log('warning', `entry invalid: ${known.message}`, { ...place, ...line });
  }
  if (!isTimeout(known)) return undefined;
  return log('warning', `entry invalid: The import takes longer than ${limits.seconds} seconds.`, place);
}

function placeOf(entry: BlueprintEntry | undefined): object {
  if (entry === undefined) return {};
  const { position, id, model, line } = entry;
  const name = nameOf(entry);
  return {
    entry: position,
    ...(name !== undefined && { name }),
    ...(typeof id === 'string' && { id }),
    ...(typeof model === 'string' && { model }),
    ...(line !== undefined && { line }),
  };
}

/** Returns the slug or name of the object of an entry, if the file says it without a tag. */
function nameOf({ identifiers, attrs }: BlueprintEntry): string | undefined {
  const named = [identifiers, attrs].filter(isMap).flatMap(({ slug, name }) => [slug, name]);
  return named.find((each) => typeof each === 'string')?.slice(0, 100);
}

/** Whether the error is a statement timeout. */
export function isTimeout(error: unknown): boolean {
  return error instanceof QueryFailedError && (error.driverError as { code?: string }).code === '57014';
}
