import { describe } from 'vitest';

import { describeCatalogs, messagesOfTemplates } from '../../../test/support/catalogs.js';
import { catalogFolder, shippedFolder } from './mail-renderer.js';
import { defaultSubjects, knownSubjects } from './subject.js';

describe('The mails', () => {
  describeCatalogs(catalogFolder, async () => {
    const subjects = [...Object.values(defaultSubjects), ...knownSubjects];
    return [...(await messagesOfTemplates(shippedFolder)), ...subjects.map((id) => ({ id }))];
  });
});
