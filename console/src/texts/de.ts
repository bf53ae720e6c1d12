import { access } from './de/access';
import { finder } from './de/finder';
import { flows } from './de/flows';
import { form } from './de/form';
import { mails } from './de/mails';
import { notifications } from './de/notifications';
import { overview } from './de/overview';
import { parts } from './de/parts';
import { people } from './de/people';
import { policies } from './de/policies';
import { senders } from './de/senders';
import { settings } from './de/settings';
import { shell } from './de/shell';
import { stages } from './de/stages';
import { suppressions } from './de/suppressions';
import { system } from './de/system';
import { templates } from './de/templates';
import { users } from './de/users';
import type { Catalog } from './texts';

/** Every text of the console in German. */
export const de: Catalog = {
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
