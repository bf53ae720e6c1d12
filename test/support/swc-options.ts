import type { Options } from '@swc/core';

/** The transform of tests does what tsc does: decorators with their metadata, and plain assignments for class fields. */
export const swcOptions = {
  jsc: {
    target: 'es2023',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    keepClassNames: true,
  },
} satisfies Options;
