import { dictionary } from '@zxcvbn-ts/language-common';

let common: ReadonlySet<string> | undefined;

/** Whether this is one of the 10,000 passwords that are used most, in any letter case. */
export function isCommonPassword(password: string): boolean {
  common ??= new Set(dictionary['passwords-common'].slice(0, 10_000));
  return common.has(password.normalize('NFKC').toLowerCase());
}
