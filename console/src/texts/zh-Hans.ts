import type { Catalog } from './texts';
import { access } from './zh-Hans/access';
import { finder } from './zh-Hans/finder';
import { flows } from './zh-Hans/flows';
import { form } from './zh-Hans/form';
import { mails } from './zh-Hans/mails';
import { notifications } from './zh-Hans/notifications';
import { overview } from './zh-Hans/overview';
import { parts } from './zh-Hans/parts';
import { people } from './zh-Hans/people';
import { policies } from './zh-Hans/policies';
import { senders } from './zh-Hans/senders';
import { settings } from './zh-Hans/settings';
import { shell } from './zh-Hans/shell';
import { stages } from './zh-Hans/stages';
import { suppressions } from './zh-Hans/suppressions';
import { system } from './zh-Hans/system';
import { templates } from './zh-Hans/templates';
import { users } from './zh-Hans/users';

/** Every text of the console in Simplified Chinese. */
export const zhHans: Catalog = {
  ...access,
  ...finder,
  ...flows,
  ...form,
  ...mails,
  ...notifications,
  ...overview,
  ...parts,
  ...policies,
  ...senders,
  ...settings,
  ...shell,
  ...stages,
  ...suppressions,
  ...templates,
  ...people,
  ...system,
  ...users,
};
