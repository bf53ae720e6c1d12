/** Letters and digits, as in the keys that the service makes. */
const characters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const length = 60;

/** Returns a random key for a token, with more than 350 bits. */
export function newKey(): string {
  // Values at the end of the range would make some characters more likely.
  const limit = 256 - (256 % characters.length);
  let key = '';
  while (key.length < length) {
    for (const value of crypto.getRandomValues(new Uint8Array(length))) {
      if (value < limit && key.length < length) key += characters[value % characters.length] ?? '';
    }
  }
  return key;
}
