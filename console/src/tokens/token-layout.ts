import type { FormLayout } from '../parts/form/resource-form';
import { SlugInput } from '../parts/form/slug-input';

/** What all forms of tokens have in common. */
export const tokenLayout: FormLayout = {
  inputs: { identifier: SlugInput },
  // A time says nothing about a token that does not expire.
  only: { expires: ({ expiring }) => expiring !== false },
};
