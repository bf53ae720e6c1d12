/**
 * What a blueprint may cost. Each is far beyond what files of people hold, and together they bound the work for any
 * file to less than a second and to some tens of megabytes before its first entry is written.
 */
export const limits = {
  /** Bytes of the file. */
  file: 1_048_576,
  /** Pieces that its YAML is made of: words, marks, line breaks. An entry has about a hundred. */
  pieces: 30_000,
  /** How deeply lists, mappings and tags may be nested. */
  depth: 100,
  /** Values when every alias has been replaced by what it stands for, and again when every tag has been. */
  values: 30_000,
  /** Characters of all texts, once tags and aliases have been replaced. */
  characters: 5_000_000,
  entries: 300,
  /** Seconds that an import may take, waiting for another one included. */
  seconds: 30,
} as const;
