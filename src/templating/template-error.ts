/** A template, or one that it builds on, that cannot be rendered. The message names place and reason, never data. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';

  /**
   * @param template path of the template the fault is in, below the folder of templates
   * @param reason what is wrong, in words
   * @param line from 1; undefined if the fault has no place, such as a file that is missing
   */
  constructor(
    readonly template: string,
    readonly reason: string,
    readonly line?: number,
    options?: ErrorOptions,
  ) {
    super(`${template}${line === undefined ? '' : `, line ${line}`}: ${reason}`, options);
  }
}
