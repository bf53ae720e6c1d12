import { ApiExtraModels, ApiProperty, ApiSchema } from '@nestjs/swagger';

import { PaginationDto } from '../list/page.js';

type Class = abstract new () => object;

/** Returns the schema name of a DTO class: the class name without `Dto`. */
export function schemaName(className: string): string {
  return className.replace(/Dto$/, '');
}

const made = new Map<Class, Class>();

/** Returns the schema of a page of `item`, named as in authentik: `PaginatedEmailStageList`. */
export function Paginated(item: Class): new () => object {
  const known = made.get(item) ?? declare(item);
  made.set(item, known);
  return known as new () => object;
}

function declare(item: Class): Class {
  @ApiExtraModels(item)
  @ApiSchema({ name: `Paginated${schemaName(item.name)}List` })
  class Page {
    @ApiProperty({ type: PaginationDto, description: 'Position of this page in the list.' }) pagination!: PaginationDto;
    @ApiProperty({ type: item as new () => object, isArray: true, description: 'Rows of this page.' })
    results!: object[];
  }
  return Page;
}
