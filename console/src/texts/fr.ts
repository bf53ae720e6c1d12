import { access } from './fr/access';
import { finder } from './fr/finder';
import { flows } from './fr/flows';
import { form } from './fr/form';
import { mails } from './fr/mails';
import { notifications } from './fr/notifications';
import { overview } from './fr/overview';
import { parts } from './fr/parts';
import { people } from './fr/people';
import { policies } from './fr/policies';
import { senders } from './fr/senders';
import { settings } from './fr/settings';
import { shell } from './fr/shell';
import { stages } from './fr/stages';
import { suppressions } from './fr/suppressions';
import { system } from './fr/system';
import { templates } from './fr/templates';
import { users } from './fr/users';
import type { Catalog } from './texts';

/** Every text of the console in French. */
export const fr: Catalog = {
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
