import { describe } from 'vitest';

import { describeCatalogs, messagesOfTemplates } from '../../test/support/catalogs.js';
import { shippedFolder } from './page-assets.js';
import { catalogFolder } from './page-renderer.js';
import { messagesOfCode } from './wording.js';

describe('The pages', () => {
  describeCatalogs(catalogFolder, async () => [...(await messagesOfTemplates(shippedFolder)), ...messagesOfCode]);
});
