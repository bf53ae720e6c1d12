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
import { withoutComments } from './source.js';
import { TemplateParser } from './template-parser.js';
import { BudgetError } from './work-budget.js';

/** What is rendered, of what, and how. */
export interface RenderTask extends Omit<Rendering, 'load'> {
  readonly part: 'html' | 'text';
  readonly scope: Scope;
}

/** Compiles and renders templates in Django's dialect; keeps what it compiled until the file changes. */
export class TemplateEngine {
  private readonly liquid: Liquid = createDialect();
  private readonly compiled = new Map<string, { version: string; template: Promise<CompiledTemplate> }>();

  /**
   * @throws TemplateError if it cannot be read or is no template
   */
  async compile(file: TemplateFile): Promise<CompiledTemplate> {
    // The same file may be reached under two names, and its paths start at its name.
    const key = `${file.name} ${file.path}`;
    const known = this.compiled.get(key);
    if (known?.version === file.version) return known.template;
    const template = this.read(file);
    this.compiled.delete(key);
    this.compiled.set(key, { version: file.version, template });
    // A mistake in the template stays until the file changes; anything else may be gone the next time.
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
   * @param files where the templates are that it builds on
   * @throws TemplateError if this template, or one that it builds on, cannot be rendered
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
      // Declared as returning any; it is the generator that LiquidJS itself would run.
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
      throw asTemplateError(error, file.name);
    }
  }
}

/**
 * The fault as the author of the template needs it: where, and why. An error of the system, in reading a file say, is
 * no fault of a template and stays as it is.
 */
function asTemplateError(error: unknown, template: string): unknown {
  if (error instanceof TemplateError) return error;
  const isLiquid = LiquidError.is(error);
  const original = isLiquid ? error.originalError : error;
  if (original instanceof TemplateError || (original instanceof Error && 'syscall' in original)) return original;
  const [line] = isLiquid ? error.token.getPosition() : [];
  const place = isLiquid ? (error.token.file ?? template) : template;
  return new TemplateError(place, reasonOf(original ?? error), line, { cause: error });
}

/** The reason in words. Only messages that are made of the template, and so hold no data, are passed on. */
function reasonOf(error: unknown): string {
  if (error instanceof RangeError) return 'its parts are nested too deep';
  const isOurs = error instanceof BudgetError || (error instanceof Error && error.constructor === Error);
  // LiquidJS adds the place to its own messages.
  if (isOurs || LiquidError.is(error) || error instanceof AssertionError) {
    return error.message.replace(/(?:, file:.*)?, line:\d+, col:\d+$/s, '');
  }
  return 'it cannot be rendered';
}
