import { Controller, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { SETTINGS, type Settings } from '../../config/settings.js';
import { type ShownSetting, shownSettings } from '../../config/shown-settings.js';
import { AppError } from '../../rest/errors/app-error.js';
import { ResponseOf } from '../../rest/fields/derived.js';
import { BooleanField, ChoiceField, TextField } from '../../rest/fields/fields.js';
import { Action } from '../../rest/resource.js';
import type { Caller } from '../access/caller.js';
import { CurrentCaller } from '../access/current-caller.js';

class SettingFields {
  @TextField({ readOnly: true, description: 'Name of the variable.', example: 'MAIL_RETENTION' })
  name!: string;

  @TextField({
    readOnly: true,
    description: 'What it does.',
    example: 'Days that sent and failed mails are kept in the list of messages',
  })
  description!: string;

  @TextField({
    readOnly: true,
    nullable: true,
    description: 'Value in use, as a variable has it; null if it is not set, and for secrets.',
    example: '30',
  })
  value!: string | null;

  @TextField({ readOnly: true, nullable: true, description: 'Value without the variable.', example: '30' })
  default!: string | null;

  @ChoiceField('SettingSourceEnum', ['default', 'environment', 'file'], {
    readOnly: true,
    description:
      'Where the value comes from. `environment`: the variable, also in the file `.env`; `file`: the file that the variable ' +
      'with `_FILE` names.',
  })
  source!: string;

  @BooleanField({ readOnly: true, description: 'Whether it is a secret, whose value is not shown.', example: false })
  is_secret!: boolean;

  @BooleanField({ readOnly: true, description: 'Whether it has a value.', example: true })
  is_set!: boolean;

  @BooleanField({
    readOnly: true,
    description: 'Whether a change applies by SIGHUP, without a restart.',
    example: true,
  })
  reloadable!: boolean;
}

/** A setting of the process that answers. */
class SettingDto extends ResponseOf(SettingFields) {}

/** `/root/settings/` */
@ApiTags('root')
@Controller('root')
export class SettingsController {
  constructor(@Inject(SETTINGS) private readonly settings: Settings) {}

  @Action({
    method: 'GET',
    path: 'settings',
    operation: 'root_settings_list',
    description: 'List the settings of the process that answers, for superusers. Values of secrets are not shown.',
    access: { level: 'authenticated' },
    responses: [{ status: 200, type: SettingDto, isArray: true }],
  })
  list(@CurrentCaller() caller: Caller): ShownSetting[] {
    if (!caller.isSuperuser) throw new AppError('forbidden');
    return shownSettings(this.settings);
  }
}
