import { form } from './en/form';
import { mails } from './en/mails';
import { overview } from './en/overview';
import { parts } from './en/parts';
import { senders } from './en/senders';
import { shell } from './en/shell';
import { stages } from './en/stages';
import { templates } from './en/templates';
import { users } from './en/users';

/** Every text of the console in English, one file for each area. */
export const en = {
  ...form,
  ...mails,
  ...overview,
  ...parts,
  ...senders,
  ...shell,
  ...stages,
  ...templates,
  ...users,
} as const;
