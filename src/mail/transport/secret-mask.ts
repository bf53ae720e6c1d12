/** Replacement for a secret. */
export const redacted = '***';

/** Removes secrets from server replies: some servers echo commands. */
export class SecretMask {
  private readonly secrets = new Set<string>();

  /** @param credentials for SMTP AUTH; an empty password for none */
  constructor({ username, password }: { username: string; password: string }) {
    if (password === '') return;
    this.add(password);
    this.add(base64(password));
    this.add(base64(`\0${username}\0${password}`));
  }

  /** Adds another secret. */
  add(secret: string): void {
    // Without padding, so that an echo without it matches too.
    this.secrets.add(secret.replace(/=+$/, '') || secret);
  }

  redact(text: string): string {
    let result = text;
    for (const secret of this.secrets) result = result.replaceAll(secret, redacted);
    return result;
  }
}

export function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
