/** Templates in the database at most: each mail reads the names of all of them. */
export const maxTemplates = 200;

/** Versions that are kept of a template: the latest ones. */
export const keptVersions = 100;
