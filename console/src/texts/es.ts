import { access } from './es/access';
import { finder } from './es/finder';
import { flows } from './es/flows';
import { form } from './es/form';
import { mails } from './es/mails';
import { notifications } from './es/notifications';
import { overview } from './es/overview';
import { parts } from './es/parts';
import { people } from './es/people';
import { policies } from './es/policies';
import { senders } from './es/senders';
import { settings } from './es/settings';
import { shell } from './es/shell';
import { stages } from './es/stages';
import { suppressions } from './es/suppressions';
import { system } from './es/system';
import { templates } from './es/templates';
import { users } from './es/users';
import type { Catalog } from './texts';

/** Every text of the console in Spanish. */
export const es: Catalog = {
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
