import type { Template } from 'liquidjs';

import type { Message } from '../language/catalog.js';
import type { TemplateFile } from '../template-files.js';
import type { BlockBody } from './context.js';

/** A template that was read and understood. */
export interface CompiledTemplate {
  readonly file: TemplateFile;
  readonly nodes: Template[];
  /** Whether it extends another one. */
  readonly extends: boolean;
  readonly blocks: ReadonlyMap<string, BlockBody>;
  /** Everything in it that is translated. */
  readonly messages: readonly Message[];
  /** What its author should know. */
  readonly warnings: readonly string[];
}
