/** Stands where a secret was. */
export const masked = '***';

/** Takes secrets out of what a server says: some repeat what they were sent. */
export class SecretMask {
  private readonly secrets = new Set<string>();

  /** @param credentials of the login, if there is one */
  constructor({ username, password }: { username: string; password: string }) {
    if (password === '') return;
    this.add(password);
    this.add(base64(password));
    this.add(base64(`\0${username}\0${password}`));
  }

  /** Something that must not be shown from now on. */
  add(secret: string): void {
    // Without its padding, a repetition that lost it is found too.
    this.secrets.add(secret.replace(/=+$/, '') || secret);
  }

  hide(text: string): string {
    let result = text;
    for (const secret of this.secrets) result = result.replaceAll(secret, masked);
    return result;
  }
}

export function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
