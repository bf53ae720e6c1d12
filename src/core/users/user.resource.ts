import { Resource } from '../../rest/resource.js';
import { UserDto } from './dto/user.dto.js';
import { User } from './user.entity.js';

/** The routes below `/core/users/`. */
export const users = new Resource({
  operations: 'core_users',
  model: 'authentik_core.user',
  noun: 'user',
  response: UserDto,
  lookup: {
    entity: () => User,
    parameter: 'id',
    property: 'pk',
    format: 'integer',
    description: 'Number of the user.',
  },
});
