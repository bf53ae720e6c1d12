import { domainToASCII } from 'node:url';

import { foldedName } from '../../core/users/names/skeleton.js';
import { addressProblem } from '../../syntax/email-address.js';
import { domainNameProblem } from '../domains/domain-name.js';

/**
 * Returns the form in which suppressed addresses and domains are compared: folded as the addresses of accounts are, with
 * the domain in ASCII, as providers name it in their reports.
 */
export function suppressedForm(text: string): string {
  const at = text.lastIndexOf('@');
  const domain = foldedName(text.slice(at + 1));
  const ascii = domainToASCII(domain);
  // An address literal has no form in ASCII.
  return `${foldedName(text.slice(0, at + 1))}${ascii === '' ? domain : ascii}`;
}

/** Returns what suppresses mails to an address: itself, and its domain. */
export function suppressingForms(address: string): [address: string, domain: string] {
  const form = suppressedForm(address);
  return [form, form.slice(form.lastIndexOf('@') + 1)];
}

/** Returns why a text is neither an address nor a domain; undefined if it is one. */
export function suppressionProblem(text: string): string | undefined {
  const problem = text.includes('@') ? addressProblem('recipient', text) : domainNameProblem(suppressedForm(text));
  return problem === undefined
    ? undefined
    : 'Enter an address or a domain, such as ada@library.example or library.example.';
}
