import fc from 'fast-check';

/** `address`, `account` and `mail` are numbers that are taken modulo what exists. */
export type Step =
  | { readonly kind: 'sign up' | 'invite' | 'admin creates' | 'recover'; readonly address: number }
  | {
      readonly kind: 'admin changes' | 'asks to change' | 'adds' | 'removes' | 'makes primary' | 'verifies';
      readonly account: number;
      readonly address: number;
      /** Whether an administrator acts, and not the owner. */
      readonly asAdmin: boolean;
    }
  | { readonly kind: 'admin activates' | 'admin deactivates'; readonly account: number }
  | {
      readonly kind: 'confirm';
      readonly mail: number;
      readonly way: 'code' | 'link';
      /** The address that an invited visitor signs up with. */
      readonly address: number;
    };

const number = fc.nat(3);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom('sign up', 'invite', 'admin creates', 'recover'), address: number }),
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom('admin changes', 'asks to change', 'adds', 'removes', 'makes primary', 'verifies'),
      account: number,
      address: number,
      asAdmin: fc.boolean(),
    }),
  },
  fc.record({ kind: fc.constantFrom('admin activates', 'admin deactivates'), account: number }),
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('confirm'),
      mail: number,
      way: fc.constantFrom('code', 'link'),
      address: number,
    }),
  },
);

/** Random steps of visitors, users and administrators. */
export const addressHistories = fc.array(step, { minLength: 4, maxLength: 20, size: 'max' });

const confirm = (way: 'code' | 'link', address = 0): Step => ({ kind: 'confirm', mail: 0, way, address });
const first = (kind: 'sign up' | 'invite' | 'admin creates' | 'recover'): Step => ({ kind, address: 0 });
const change = (
  kind: 'admin changes' | 'asks to change' | 'adds' | 'removes' | 'makes primary' | 'verifies',
  address: number,
  asAdmin = false,
): Step => ({ kind, account: 0, address, asAdmin });

/** Histories that prove an address in each way, and end a proof in each way. */
export const addressExamples: readonly (readonly Step[])[] = [
  ...(['code', 'link'] as const).flatMap((way) => [
    [first('sign up'), confirm(way), change('admin changes', 1), change('admin changes', 0)],
    [first('admin creates'), first('recover'), confirm(way)],
    [first('admin creates'), change('asks to change', 1), confirm(way), change('asks to change', 0), confirm(way)],
  ]),
  [first('admin creates'), change('verifies', 0), confirm('link'), change('adds', 1), change('verifies', 1)],
  [
    ...[first('sign up'), confirm('link'), change('adds', 1), change('verifies', 1, true), confirm('link')],
    ...[change('makes primary', 1), change('removes', 0), change('adds', 0), first('recover')],
  ],
  [first('invite'), confirm('link'), change('admin changes', 1), change('admin changes', 0)],
  [first('invite'), confirm('link', 1), confirm('code')],
];

/** What the examples above lead to, as `checkAddressHistory` returns it. */
export const expectedOutcomes = [
  'a sign-up proves an address by code',
  'a sign-up proves an address by link',
  'an invited sign-up proves an address by code',
  'a recovery proves an address by code',
  'a recovery proves an address by link',
  'a change proves an address by code',
  'a change proves an address by link',
  'a verification proves an address by link',
  'an invitation proves an address by invitation',
  'admin changes: a proof ends',
  'confirm: a proof ends',
  'removes: a proof ends',
];
