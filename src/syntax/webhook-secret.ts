const prefix = 'whsec_';

/** Why a text is not a secret as Standard Webhooks writes it; undefined if it is one. Completes the name of a setting. */
export function webhookSecretProblem(secret: string): string | undefined {
  const { length } = webhookKey(secret);
  const isSecret = /^whsec_[A-Za-z0-9+/]+=*$/.test(secret) && length >= 24 && length <= 64;
  return isSecret ? undefined : `must be ${prefix} and 24 to 64 random bytes in base64`;
}

/** Returns the key of a secret. */
export function webhookKey(secret: string): Buffer {
  return Buffer.from(secret.slice(prefix.length), 'base64');
}
