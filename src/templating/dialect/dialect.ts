import { Liquid } from 'liquidjs';

import { limits } from '../limits.js';
import { contextOf } from './context.js';
import { type FilterHandler, registerFilter } from './filters/filter.js';
import { htmlFilters } from './filters/html-filters.js';
import { listFilters } from './filters/list-filters.js';
import { neutralTextFilters, textFilters } from './filters/text-filters.js';
import { timeFilters } from './filters/time-filters.js';
import { valueFilters } from './filters/value-filters.js';
import { FirstOfTag, IfTag, WithTag } from './tags/control-tags.js';
import { ForeignTag, foreignTags, LoadTag } from './tags/foreign-tags.js';
import { BlockTag, ExtendsTag, IncludeTag } from './tags/inheritance-tags.js';
import { CycleTag, ForTag, IfChangedTag, RegroupTag, ResetCycleTag } from './tags/loop-tags.js';
import {
  AutoescapeTag,
  CommentTag,
  FilterTag,
  NeutralTag,
  NowTag,
  SpacelessTag,
  TemplateTagTag,
  WidthRatioTag,
} from './tags/output-tags.js';
import { CurrentTimezoneTag, LocalTimeTag, TimezoneTag } from './tags/time-zone-tags.js';
import { BlockTransTag, CurrentLanguageTag, LanguageTag, TransTag } from './tags/translation-tags.js';

const tags = {
  autoescape: AutoescapeTag,
  block: BlockTag,
  blocktrans: BlockTransTag,
  blocktranslate: BlockTransTag,
  comment: CommentTag,
  cycle: CycleTag,
  extends: ExtendsTag,
  filter: FilterTag,
  firstof: FirstOfTag,
  for: ForTag,
  get_current_language: CurrentLanguageTag,
  get_current_language_bidi: CurrentLanguageTag,
  get_current_timezone: CurrentTimezoneTag,
  if: IfTag,
  ifchanged: IfChangedTag,
  include: IncludeTag,
  language: LanguageTag,
  load: LoadTag,
  localize: NeutralTag,
  localtime: LocalTimeTag,
  now: NowTag,
  regroup: RegroupTag,
  resetcycle: ResetCycleTag,
  spaceless: SpacelessTag,
  templatetag: TemplateTagTag,
  timezone: TimezoneTag,
  trans: TransTag,
  translate: TransTag,
  widthratio: WidthRatioTag,
  with: WithTag,
};

/**
 * Creates LiquidJS with the tags and filters of Django's template language and without its own: tags that Django does not
 * have are errors. Only `raw` stays, for `{% verbatim %}`.
 */
export function createDialect(): Liquid {
  const outputEscape: FilterHandler = function (value: unknown) {
    return contextOf(this.context).written(value);
  };
  const liquid = new Liquid({
    outputEscape,
    strictFilters: true,
    ownPropertyOnly: true,
    jsTruthy: false,
    parseLimit: limits.template,
    relativeReference: false,
    root: [],
    // TemplateFiles finds templates; LiquidJS itself cannot read files.
    templates: {},
  });
  for (const name of Object.keys(liquid.tags)) if (name !== 'raw') Reflect.deleteProperty(liquid.tags, name);
  for (const name of Object.keys(liquid.filters)) liquid.unregisterFilter(name);
  for (const [name, tag] of Object.entries(tags)) liquid.registerTag(name, tag);
  for (const name of foreignTags) liquid.registerTag(name, ForeignTag);
  for (const [name, filter] of Object.entries(neutralTextFilters)) registerFilter(liquid, name, filter, true);
  const filters = { ...textFilters, ...htmlFilters, ...valueFilters, ...listFilters, ...timeFilters };
  for (const [name, filter] of Object.entries(filters)) {
    registerFilter(liquid, name, filter);
  }
  return liquid;
}
