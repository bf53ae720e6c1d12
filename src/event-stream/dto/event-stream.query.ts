import { eventPatternProblem } from '../../events/outbox/event-pattern.js';
import { eachOf, Rejection, text } from '../../rest/fields/coercions.js';
import { field } from '../../rest/fields/field.js';
import { parseCursor } from '../stream-cursor.js';

const patterns = eachOf(text({ maxLength: 100, checks: [eventPatternProblem] }), { allowEmpty: true });
const mostPatterns = 20;

/** Types in one parameter, separated by commas, or in several. */
function eventTypes(raw: unknown): string[] {
  const given = [raw].flat().flatMap((value) => String(value).split(','));
  const named = given.filter((pattern) => pattern !== '');
  if (named.length > mostPatterns)
    throw new Rejection([`Ensure this field has no more than ${mostPatterns} elements.`]);
  return patterns(named);
}

/** Returns why this is not the id of an event of the stream; undefined if it is one. */
function idProblem(id: string): string | undefined {
  return parseCursor(id) === undefined ? 'Enter the id of an event of this stream.' : undefined;
}

/** Which events a stream has. */
export class EventStreamQuery {
  @field({ type: 'array', items: { type: 'string' } }, eventTypes, {
    description: 'Types of events, `*` for any characters; also separated by commas; empty: all.',
  })
  event_types?: string[];

  @field({ type: 'string' }, text({ allowBlank: true, maxLength: 200 }), {
    description: 'What the events happened to, such as `user/17`, `*` for any characters; empty: anything.',
  })
  subject?: string;

  @field({ type: 'string' }, text({ allowBlank: true, checks: [idProblem] }), {
    description:
      'For clients that cannot send the header `Last-Event-ID`, which takes precedence: go on after this event.',
  })
  last_event_id?: string;
}
