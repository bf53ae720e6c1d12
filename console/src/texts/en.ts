import { access } from './en/access';
import { finder } from './en/finder';
import { flows } from './en/flows';
import { form } from './en/form';
import { mails } from './en/mails';
import { notifications } from './en/notifications';
import { overview } from './en/overview';
import { parts } from './en/parts';
import { people } from './en/people';
import { policies } from './en/policies';
import { senders } from './en/senders';
import { settings } from './en/settings';
import { shell } from './en/shell';
import { stages } from './en/stages';
import { suppressions } from './en/suppressions';
import { system } from './en/system';
import { templates } from './en/templates';
import { users } from './en/users';

/** Every text of the console in English, one file for each area. */
export const en = {
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
} as const;
