/**
 * Resource limits of an import. Each is far above what real files need. Together they bound the work for any file, before
 * its first entry is written, to less than a second and some tens of megabytes.
 */
export const limits = {
  /** Size of the file in bytes. */
  file: 1_048_576,
  /** YAML tokens: scalars, indicators, line breaks. An entry has about a hundred. */
  tokens: 30_000,
  /** Nesting depth of lists, mappings and tags. */
  depth: 100,
  /** Number of values after expansion of aliases, and again after expansion of tags. */
  values: 30_000,
  /** Characters of all strings after expansion of tags and aliases. */
  characters: 5_000_000,
  entries: 300,
  /** Duration of an import in seconds, including the wait for another import. */
  seconds: 30,
} as const;
