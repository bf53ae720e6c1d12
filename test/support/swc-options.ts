import type { Options } from '@swc/core';

/** SWC options equivalent to tsc's: decorators with metadata, and plain assignments for class fields. */
export const swcOptions = {
  jsc: {
    target: 'es2023',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    keepClassNames: true,
  },
} satisfies Options;
