import { AssertionError, type Liquid, LiquidError } from 'liquidjs';

import { limits } from '../limits.js';
import type { Scope } from '../scope.js';
import { TemplateError } from '../template-error.js';
import { readTemplate, resolveName, type TemplateFile, type TemplateFiles } from '../template-files.js';
import { BoundedEmitter } from './bounded-emitter.js';
import type { CompiledTemplate } from './compiled-template.js';
import { RenderContext, type Rendering } from './context.js';
import { createDialect } from './dialect.js';
import { runInTurns } from './run-in-turns.js';
import { UnclosedBlock, withoutComments } from './source.js';
import { TemplateParser } from './template-parser.js';
import { BudgetError } from './work-budget.js';

/** One part to render, with its variables. */
export interface RenderTask extends Omit<Rendering, 'load'> {
  readonly part: 'html' | 'text';
  readonly scope: Scope;
}

/** Compiles and renders templates in Django's dialect; caches compiled templates until the file changes. */
export class TemplateEngine {
  private readonly liquid: Liquid = createDialect();
  private readonly compiled = new Map<string, { version: string; template: Promise<CompiledTemplate> }>();

  /** @throws TemplateError if the file cannot be read or parsed */
  async compile(file: TemplateFile): Promise<CompiledTemplate> {
    // Drafts are rendered once, and must not take the place of templates that are used.
    if (file.origin === 'draft') return this.read(file);
    // A file can have two names, and the paths in it are relative to the name.
    const key = `${file.name} ${file.path}`;
    const known = this.compiled.get(key);
    if (known?.version === file.version) return known.template;
    const template = this.read(file);
    this.compiled.delete(key);
    this.compiled.set(key, { version: file.version, template });
    // Errors in the template persist until the file changes; others may be temporary.
    template.catch((error: unknown) => {
      if (!(error instanceof TemplateError)) this.compiled.delete(key);
    });
    const [oldest] = this.compiled.keys();
    if (this.compiled.size > limits.compiled && oldest !== undefined) this.compiled.delete(oldest);
    return template;
  }

  /**
   * Renders one part of a mail, or a page.
   *
   * @param files where included and extended templates are found
   * @throws TemplateError if this template, or one that it includes or extends, cannot be rendered
   */
  async render(file: TemplateFile, files: TemplateFiles, task: RenderTask): Promise<string> {
    const load: Rendering['load'] = async (path, from, except) => {
      const name = resolveName(path, from.name);
      const found = await files.find(name, except);
      if (found === undefined) throw new Error(`there is no template "${name}"`);
      return this.compileFor(found, task);
    };
    try {
      const { nodes } = await this.compileFor(file, task);
      const context = new RenderContext(this.liquid, task.scope, task.part, { ...task, load });
      const emitter = new BoundedEmitter(task.budget);
      // Typed as any; it is the generator that LiquidJS itself runs.
      const work = this.liquid.renderer.renderTemplates(nodes, context, emitter) as Generator<
        unknown,
        unknown,
        unknown
      >;
      await runInTurns(work, task.budget);
      return emitter.buffer;
    } catch (error) {
      throw asTemplateError(error, file.name);
    }
  }

  private async compileFor(file: TemplateFile, { warn }: RenderTask): Promise<CompiledTemplate> {
    const template = await this.compile(file);
    for (const warning of template.warnings) warn(warning);
    return template;
  }

  private async read(file: TemplateFile): Promise<CompiledTemplate> {
    if (file.size > limits.template) throw new TemplateError(file.name, `it has more than ${limits.template} bytes`);
    const source = (await readTemplate(file)).toString('utf8').replace(/^\uFEFF/, '');
    try {
      const parser = new TemplateParser(this.liquid, file);
      const nodes = parser.parse(withoutComments(source), file.name);
      const { blocks, messages } = parser;
      return { file, nodes, extends: parser.extends, blocks, messages, warnings: [...parser.warnings] };
    } catch (error) {
      throw asTemplateError(error, file.name, source);
    }
  }
}

/**
 * Converts an error to a TemplateError with place and reason; system errors, such as of reading a file, stay as they are.
 *
 * @param source the template, if the error is in it
 */
function asTemplateError(error: unknown, template: string, source?: string): unknown {
  if (error instanceof TemplateError) return error;
  if (error instanceof UnclosedBlock) {
    return new TemplateError(template, error.message, error.line, { cause: error }, error.column);
  }
  const isLiquid = LiquidError.is(error);
  const original = isLiquid ? error.originalError : error;
  if (original instanceof TemplateError || (original instanceof Error && 'syscall' in original)) return original;
  const [line, column] = isLiquid ? error.token.getPosition() : [];
  const place = isLiquid ? (error.token.file ?? template) : template;
  const inSource = isLiquid ? columnOf(source, line, column, error.token.getText()) : undefined;
  return new TemplateError(place, reasonOf(original ?? error), line, { cause: error }, inSource);
}

/** Returns the column in the template, which has comments that the parsed text lacks, so it is the same or a later one. */
function columnOf(source: string | undefined, line = 0, column = 1, token = ''): number | undefined {
  if (source === undefined) return column;
  const [start = ''] = token.split('\n');
  const found = source.split('\n')[line - 1]?.indexOf(start, column - 1) ?? -1;
  return found < 0 ? undefined : found + 1;
}

/** The reason in words. Only messages about the template itself are passed on: they contain no data. */
function reasonOf(error: unknown): string {
  if (error instanceof RangeError) return 'its parts are nested too deep';
  const isOurs = error instanceof BudgetError || (error instanceof Error && error.constructor === Error);
  // LiquidJS adds the place to its own messages.
  if (isOurs || LiquidError.is(error) || error instanceof AssertionError) {
    return error.message.replace(/(?:, file:.*)?, line:\d+, col:\d+$/s, '');
  }
  return 'it cannot be rendered';
}
