import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';

import { EventsModule } from '../events/events.module.js';
import { Referrers } from '../rest/referrers.js';
import { UserAddressController } from './addresses/user-address.controller.js';
import { UserAddresses } from './addresses/user-addresses.service.js';
import { AccessGuard } from './authentication/access.guard.js';
import { AuthenticationService } from './authentication/authentication.service.js';
import { Authority } from './authority/authority.service.js';
import { BootstrapService } from './bootstrap/bootstrap.service.js';
import { GroupController } from './groups/group.controller.js';
import { GroupService } from './groups/group.service.js';
import { Idempotency } from './idempotency/idempotency.service.js';
import { GuessLimits } from './limits/guess-limits.service.js';
import { RequestLimits } from './limits/request-limits.service.js';
import { PasswordRules } from './passwords/password-rules.service.js';
import { StrengthLimit } from './passwords/strength-limit.service.js';
import { AssignedPermissions } from './permissions/assigned-permissions.service.js';
import { RoleGrantController, UserGrantController } from './permissions/grant.controllers.js';
import { GrantService } from './permissions/grant.service.js';
import { PermissionListController } from './permissions/permission-list.controller.js';
import { RolePermissionController, UserPermissionController } from './permissions/permission.controllers.js';
import { PermissionService } from './permissions/permission.service.js';
import { RoleController } from './permissions/role.controller.js';
import { RoleService } from './permissions/role.service.js';
import { RootController } from './root/config.controller.js';
import { SettingsController } from './root/settings.controller.js';
import { AuthenticatedSessionController } from './sessions/authenticated-session.controller.js';
import { AuthenticatedSessionService } from './sessions/authenticated-session.service.js';
import { KnownBrowsers } from './sessions/known-browsers.js';
import { SessionCookies } from './sessions/session-cookies.js';
import { Sessions } from './sessions/session.service.js';
import { TokenController } from './tokens/token.controller.js';
import { TokenService } from './tokens/token.service.js';
import { AccountChanges } from './users/account-changes.js';
import { AccountService } from './users/account.service.js';
import { Credentials } from './users/credentials.service.js';
import { NameTwins } from './users/names/name-twins.service.js';
import { UserController } from './users/user.controller.js';
import { UserService } from './users/user.service.js';

/** Users, groups and tokens, and who may do what. */
@Global()
@Module({
  imports: [EventsModule],
  controllers: [
    AuthenticatedSessionController,
    GroupController,
    PermissionListController,
    RoleController,
    RoleGrantController,
    RolePermissionController,
    RootController,
    SettingsController,
    TokenController,
    UserAddressController,
    UserController,
    UserGrantController,
    UserPermissionController,
  ],
  providers: [
    AssignedPermissions,
    AccessGuard,
    { provide: APP_GUARD, useExisting: AccessGuard },
    AccountChanges,
    AccountService,
    AuthenticatedSessionService,
    AuthenticationService,
    Authority,
    BootstrapService,
    Credentials,
    GrantService,
    GroupService,
    GuessLimits,
    Idempotency,
    KnownBrowsers,
    NameTwins,
    PasswordRules,
    PermissionService,
    Referrers,
    RequestLimits,
    RoleService,
    SessionCookies,
    Sessions,
    StrengthLimit,
    TokenService,
    UserAddresses,
    UserService,
  ],
  exports: [
    AuthenticationService,
    AccessGuard,
    AccountChanges,
    Authority,
    Credentials,
    GrantService,
    GroupService,
    GuessLimits,
    Idempotency,
    KnownBrowsers,
    PasswordRules,
    Referrers,
    RequestLimits,
    SessionCookies,
    Sessions,
    StrengthLimit,
    UserAddresses,
    UserService,
  ],
})
export class CoreModule {}
