import type { FormLayout } from '../parts/form/resource-form';
import type { PolicyKind } from './kinds';

/** Essential fields of kinds, where the required ones are not enough, without those that have no effect. */
const layouts: Readonly<Record<string, FormLayout>> = {
  password: {
    first: ['name', 'length_min', 'check_zxcvbn', 'zxcvbn_score_threshold', 'error_message'],
    hidden: ['check_have_i_been_pwned', 'hibp_allowed_count'],
  },
  expression: { first: ['name', 'expression'] },
};

const plain: FormLayout = {};

/** Returns the layout of the form for a kind. Kinds without one have the required fields first. */
export function policyLayoutOf({ name }: PolicyKind): FormLayout {
  return layouts[name] ?? plain;
}
