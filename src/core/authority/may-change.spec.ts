import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { type Changer, mayChange } from './may-change.js';
import type { Permission, Standing } from './standing.js';

const groups = ['staff', 'sales', 'admins'];
const paths = ['staff admins', 'sales admins'];
const codenames = [
  'authentik_core.add_user_to_group',
  'authentik_core.remove_user_from_group',
  'authentik_flows.view_flow',
];

const permission = fc.record({ codename: fc.constantFrom(...codenames), objectKey: fc.constantFrom('', ...groups) });
const permissions = fc
  .array(fc.tuple(fc.constantFrom('direct', 'by staff'), permission), { maxLength: 4 })
  .map((list) => new Map(list.map(([path, each]) => [`${path} ${each.codename} ${each.objectKey}`, each])));
const fingerprint = fc.constantFrom('a', 'b');
const account = fc.record({ isActive: fc.boolean(), signIn: fingerprint, whole: fingerprint });
const standingOf = (kind: Standing['kind']): fc.Arbitrary<Standing> =>
  fc.record({
    kind: fc.constant(kind),
    groups: fc.subarray(groups),
    superuserBy: fc.subarray(paths),
    permissions,
    ...(kind === 'user' && { account }),
  });
const change = fc.constantFrom<Standing['kind']>('user', 'group', 'role', 'stage').chain((kind) => {
  const optional = fc.option(standingOf(kind), { nil: undefined });
  return fc.tuple(optional, optional);
});
const ordinary = permissions.map((held) => callerWith([...held.values()]));

function callerWith(held: readonly Permission[], isSuperuser = false): Changer {
  return {
    isSuperuser,
    mayOn: (codename, key) =>
      isSuperuser || held.some((each) => each.codename === codename && ['', key].includes(each.objectKey)),
  };
}

function standing(fields: Partial<Standing> = {}): Standing {
  return { kind: 'user', groups: [], superuserBy: [], permissions: new Map(), ...fields };
}

/** The permissions that a standing gives its holder. */
function holds(each: Standing | undefined): Changer {
  const isInactive = each?.account?.isActive === false;
  return callerWith(isInactive ? [] : [...(each?.permissions ?? new Map<string, Permission>()).values()]);
}

describe('Any change', () => {
  it('is allowed to a superuser', () => {
    fc.assert(
      fc.property(change, ([before, after]) => {
        expect(mayChange(callerWith([], true), before, after)).toBeUndefined();
      }),
    );
  });

  it('without effect is always allowed', () => {
    fc.assert(
      fc.property(ordinary, change, (caller, [same]) => {
        expect(mayChange(caller, same, same)).toBeUndefined();
      }),
    );
  });

  it('that is forbidden to a caller is also forbidden with fewer permissions', () => {
    fc.assert(
      fc.property(fc.array(permission), fc.array(permission), change, (few, more, [before, after]) => {
        fc.pre(mayChange(callerWith([...few, ...more]), before, after) !== undefined);
        expect(mayChange(callerWith(few), before, after)).toBeDefined();
      }),
    );
  });
});

describe('A change allowed to a caller without superuser rights', () => {
  const allowed = (check: (caller: Changer, before?: Standing, after?: Standing) => void): void => {
    fc.assert(
      fc.property(ordinary, change, (caller, [before, after]) => {
        fc.pre(mayChange(caller, before, after) === undefined);
        check(caller, before, after);
      }),
      { numRuns: 300 },
    );
  };

  it('never grants or revokes superuser rights', () => {
    allowed((_, before, after) => {
      const [was, is] = [before?.superuserBy ?? [], after?.superuserBy ?? []];
      expect(was).toEqual(expect.arrayContaining([...is]));
      if (before?.kind !== 'stage') expect(is).toEqual(expect.arrayContaining([...was]));
    });
  });

  it('leaves the account of a superuser unchanged', () => {
    allowed((_, before, after) => {
      if (before?.account !== undefined && before.superuserBy.length > 0) {
        expect(after?.account?.whole).toBe(before.account.whole);
      }
    });
  });

  it('grants no permission that the caller lacks', () => {
    allowed((caller, before, after) => {
      for (const { codename, objectKey } of after?.permissions.values() ?? []) {
        const isEffective = after?.account?.isActive !== false;
        const isNew = isEffective && !holds(before).mayOn(codename, objectKey);
        if (isNew) expect(caller.mayOn(codename, objectKey)).toBe(true);
      }
    });
  });

  it('never changes the credentials of an account with a permission that the caller lacks', () => {
    allowed((caller, before, after) => {
      if (before?.account === undefined || after === undefined || after.account?.signIn === before.account.signIn)
        return;
      for (const { codename, objectKey } of before.permissions.values()) {
        expect(caller.mayOn(codename, objectKey)).toBe(true);
      }
    });
  });
});

describe('A change of groups or permissions', () => {
  const joined = standing({ groups: ['staff'] });
  const adder = (objectKey: string): Changer => callerWith([{ codename: codenames[0]!, objectKey }]);
  const remover = (objectKey: string): Changer => callerWith([{ codename: codenames[1]!, objectKey }]);

  it.each(['user', 'group'] as const)('requires the permission on the group that a %s enters or leaves', (kind) => {
    const [outside, inside] = [standing({ kind }), { ...joined, kind }];
    expect(mayChange(callerWith([]), outside, inside)).toMatch(/^entering/);
    expect(mayChange(adder('sales'), outside, inside)).toMatch(/^entering/);
    expect(mayChange(adder('staff'), outside, inside)).toBeUndefined();
    expect(mayChange(adder(''), undefined, inside)).toBeUndefined();
    expect(mayChange(adder(''), inside, outside)).toMatch(/^leaving/);
    expect(mayChange(remover('staff'), inside, outside)).toBeUndefined();
    expect(mayChange(callerWith([]), inside, undefined)).toBeUndefined();
  });

  it('counts a second path to a permission as another grant', () => {
    const held = { codename: 'authentik_flows.view_flow', objectKey: '' };
    const [one, two] = [
      new Map([['a', held]]),
      new Map([
        ['a', held],
        ['b', held],
      ]),
    ];
    const [before, after] = [standing({ permissions: one }), standing({ permissions: two })];
    expect(mayChange(callerWith([]), before, after)).toMatch(/^granting/);
    expect(mayChange(callerWith([held]), before, after)).toBeUndefined();
  });

  it('accepts a permission on all objects for one object, but not vice versa', () => {
    const grant = (objectKey: string): Standing =>
      standing({ permissions: new Map([['direct', { codename: 'authentik_flows.view_flow', objectKey }]]) });
    const holder = (objectKey: string): Changer => callerWith([{ codename: 'authentik_flows.view_flow', objectKey }]);
    expect(mayChange(holder(''), standing(), grant('x'))).toBeUndefined();
    expect(mayChange(holder('x'), standing(), grant('x'))).toBeUndefined();
    expect(mayChange(holder('x'), standing(), grant(''))).toMatch(/^granting/);
    expect(mayChange(holder('x'), standing(), grant('y'))).toMatch(/^granting/);
  });
});
