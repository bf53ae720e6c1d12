import { readSettings } from '../../src/config/read-settings.js';
import { MailRenderer } from '../../src/mail/rendering/mail-renderer.js';

/**
 * Returns a renderer of mails with the default settings.
 *
 * @param folder EMAIL_TEMPLATE_DIR
 * @param environment variables of further settings
 */
export function mailRenderer(folder: string, environment: Record<string, string> = {}): MailRenderer {
  return new MailRenderer({ ...readSettings(environment).settings, emailTemplateDir: folder });
}
