import { describe, expect, it } from 'vitest';

import { declarePermissionModel, findCodename, permissionModels } from './permission-models.js';

describe('A permission', () => {
  it.each(['view', 'add', 'change', 'delete'])('to %s exists for every model', (action) => {
    for (const model of permissionModels) {
      const name = model.replace('.', `.${action}_`);
      expect([findCodename(name, undefined), findCodename(name, model)]).toEqual([name, name]);
    }
  });

  it.each([
    'authentik_core.reset_user_password',
    'authentik_core.view_token_key',
    'authentik_flows.inspect_flow',
    'authentik_rbac.assign_role_permissions',
  ])('may be specific to a model: %s', (name) => {
    expect(findCodename(name, undefined)).toBe(name);
  });

  it.each([
    '',
    'view_user',
    'authentik_core.eat_user',
    'authentik_core.view_cake',
    'AUTHENTIK_CORE.view_user',
    '.',
    'x.',
  ])('does not exist under the name %j', (name) => {
    expect(findCodename(name, undefined)).toBeUndefined();
  });

  it('is found without the application in its name if the model is given', () => {
    expect(findCodename('view_token', 'authentik_core.token')).toBe('authentik_core.view_token');
    expect(findCodename('inspect_flow', 'authentik_flows.flow')).toBe('authentik_flows.inspect_flow');
  });

  it('is not found for another or an unknown model', () => {
    expect(findCodename('authentik_core.view_user', 'authentik_core.group')).toBeUndefined();
    expect(findCodename('view_user', 'authentik_core.group')).toBeUndefined();
    expect(findCodename('authentik_flows.view_flow', 'authentik_nothing.here')).toBeUndefined();
  });

  it('exists after its model is declared, and the models stay sorted', () => {
    expect(findCodename('authentik_app.view_thing', undefined)).toBeUndefined();
    declarePermissionModel('authentik_app.thing', 'Thing', ['eat_thing']);
    expect(findCodename('authentik_app.view_thing', undefined)).toBe('authentik_app.view_thing');
    expect(findCodename('eat_thing', 'authentik_app.thing')).toBe('authentik_app.eat_thing');
    expect(permissionModels).toEqual([...new Set(permissionModels)].sort());
  });
});
