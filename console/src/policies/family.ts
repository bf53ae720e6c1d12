import { api, contentOf, type Schema } from '../api/client';
import type { Family } from '../kinds/family';

/** The policies of all kinds. */
export const policyFamily: Family<Schema<'Policy'>> = {
  one: 'policy',
  all: 'policies',
  layouts: {
    password: {
      first: ['name', 'length_min', 'check_zxcvbn', 'zxcvbn_score_threshold', 'error_message'],
      // They have no effect.
      hidden: ['check_have_i_been_pwned', 'hibp_allowed_count'],
    },
    event_matcher: { first: ['name', 'action', 'app', 'model', 'client_ip'] },
    expression: { first: ['name', 'expression'] },
  },
  list: (query) => contentOf(api.GET('/policies/all/', { params: { query } })),
  get: (pk) => contentOf(api.GET('/policies/all/{policy_uuid}/', { params: { path: { policy_uuid: pk } } })),
};
