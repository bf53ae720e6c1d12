import { access } from './ar/access';
import { finder } from './ar/finder';
import { flows } from './ar/flows';
import { form } from './ar/form';
import { mails } from './ar/mails';
import { notifications } from './ar/notifications';
import { overview } from './ar/overview';
import { parts } from './ar/parts';
import { people } from './ar/people';
import { policies } from './ar/policies';
import { senders } from './ar/senders';
import { settings } from './ar/settings';
import { shell } from './ar/shell';
import { stages } from './ar/stages';
import { suppressions } from './ar/suppressions';
import { system } from './ar/system';
import { templates } from './ar/templates';
import { users } from './ar/users';
import type { Catalog } from './texts';

/** Every text of the console in Arabic. */
export const ar: Catalog = {
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
