/** An error in a template, or in one that it includes or extends. The message has place and reason, never data. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';

  /**
   * @param template path of the template with the error, relative to the template folder
   * @param reason for the author of the template
   * @param line from 1; undefined if there is none, such as for a missing file
   * @param column from 1; undefined if it is not known
   */
  constructor(
    readonly template: string,
    readonly reason: string,
    readonly line?: number,
    options?: ErrorOptions,
    readonly column?: number,
  ) {
    super(`${template}${line === undefined ? '' : `, line ${line}`}: ${reason}`, options);
  }
}

/** There is no template of this name. */
export class MissingTemplateError extends TemplateError {
  constructor(template: string) {
    super(template, 'there is no such template');
  }
}
