import type { Template } from 'liquidjs';

import type { Message } from '../language/catalog.js';
import type { TemplateFile } from '../template-files.js';
import type { BlockBody } from './context.js';

/** A parsed template. */
export interface CompiledTemplate {
  readonly file: TemplateFile;
  readonly nodes: Template[];
  /** Whether it extends another one. */
  readonly extends: boolean;
  readonly blocks: ReadonlyMap<string, BlockBody>;
  /** Its translatable messages. */
  readonly messages: readonly Message[];
  /** Warnings for its author. */
  readonly warnings: readonly string[];
}
