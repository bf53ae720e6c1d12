import { type Emitter, type Context, type Liquid, type Parser, Tag, type TagToken, type TopLevelToken } from 'liquidjs';

import { literalOf, splitArguments } from '../arguments.js';
import { contextOf } from '../context.js';
import { parserOf } from '../template-parser.js';

/** Tag and filter libraries that templates may load; their supported tags are always available. */
const libraries = new Set([
  'i18n',
  'l10n',
  'tz',
  'humanize',
  'static',
  'cache',
  'authentik_core',
  'authentik_stages_email',
]);

/** `{% load i18n humanize %}`, `{% load trans from i18n %}`: does nothing. */
export class LoadTag extends Tag {
  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid, parser: Parser) {
    super(token, remaining, liquid);
    const words = splitArguments(token.args);
    const from = words.indexOf('from');
    for (const name of from < 0 ? words : words.slice(from + 1)) {
      if (!libraries.has(name)) parserOf(parser).warn(token, `the library "${name}" is not known here`);
    }
  }

  override render(): void {
    // All supported tags are loaded already.
  }
}

/** Output for tags that refer to files of authentik's web interface; the others render nothing. */
const replacements: Readonly<Record<string, string>> = {
  // Both embed a file of authentik. In its templates that is the logo; here the logo is attached to the mail.
  inline_static_binary: 'cid:logo',
  static: 'cid:logo',
};

/** Tags in authentik's templates that have no effect here. */
export const foreignTags = [
  'inline_static_binary',
  'inline_static_ascii',
  'static',
  'get_static_prefix',
  'get_media_prefix',
  'versioned_script',
  'csrf_token',
  'url',
  'debug',
] as const;

/** A tag that refers to authentik's web interface. */
export class ForeignTag extends Tag {
  private readonly path: string;

  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid, parser: Parser) {
    super(token, remaining, liquid);
    const [path = ''] = splitArguments(token.args);
    this.path = literalOf(path) ?? '';
    const instead =
      token.name === 'inline_static_ascii'
        ? 'finds no file here and is its path'
        : token.name in replacements
          ? 'stands for the logo here'
          : 'has no meaning here and is left out';
    parserOf(parser).warn(token, `{% ${token.name} %} ${instead}`);
  }

  override render(context: Context, emitter: Emitter): void {
    // As in authentik, where the file does not exist.
    if (this.name === 'inline_static_ascii') emitter.write(contextOf(context).written(this.path));
    else emitter.write(replacements[this.name] ?? '');
  }
}
