import type { Schema } from '../api/client';
import type { RequestName } from '../parts/form/requests';
import type { FormLayout } from '../parts/form/resource-form';
import type { Permission } from '../session';

/** What objects of all kinds have. */
export type OfKind = Pick<Schema<'Stage'>, 'component' | 'name' | 'pk' | 'verbose_name'>;

/** Which objects are listed. */
export interface KindFilter {
  readonly search?: string;
  readonly page?: number;
}

/** Objects of several kinds in one list: stages, or policies. The API names what belongs to them alike. */
export interface Family<Row extends OfKind = OfKind> {
  /** Singular of their name in the API. */
  readonly one: 'policy' | 'stage';
  /** Their list in addresses of the API and of the console, and in the keys of texts. */
  readonly all: 'policies' | 'stages';
  /** Kinds whose routes are below those of their app. */
  readonly nested?: readonly string[];
  /** Layouts of the forms by kind. Kinds without one have the required fields first. */
  readonly layouts: Readonly<Record<string, FormLayout>>;
  readonly list: (query: KindFilter & { page_size: number; ordering: string }) => Promise<PageOfKind<Row>>;
  readonly get: (pk: string) => Promise<Row>;
}

/** A page of the list. */
export interface PageOfKind<Row> {
  readonly pagination: Schema<'Pagination'>;
  readonly results: readonly Row[];
}

/** A kind of stage or policy, as the API names its routes, its requests and its permissions. */
export interface Kind {
  /** Name in addresses of the console: `user_login`. */
  readonly name: string;
  /** List of its objects. The types of all kinds are alike, as far as the console reads them. */
  readonly path: '/stages/dummy/';
  /** One of its objects. */
  readonly onePath: '/stages/dummy/{stage_uuid}/';
  readonly request: RequestName;
  /** Model of its permissions. */
  readonly model: Schema<'ModelEnum'>;
  readonly permission: (action: 'add' | 'change' | 'delete' | 'view') => Permission;
  readonly layout: FormLayout;
}

const plain: FormLayout = {};

/** Returns the kind of a component, such as `ak-stage-user-login-form`: a new kind needs no change here. */
export function kindOf(family: Family, component: string): Kind {
  const [, name = ''] = /^ak-[a-z]+-(.+)-form$/.exec(component) ?? [];
  return kindNamed(family, name.replaceAll('-', '_'));
}

/** Returns a kind by its name. */
export function kindNamed({ one, all, nested = [], layouts }: Family, name: string): Kind {
  const model = `${name.replaceAll('_', '')}${one}` as const;
  const schema = `${name}_${one}`.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const path = `/${all}/${name}/${nested.includes(name) ? `${all}/` : ''}`;
  return {
    name,
    path: path as Kind['path'],
    onePath: `${path}{${one}_uuid}/` as Kind['onePath'],
    request: `${schema}Request` as RequestName,
    model: `authentik_${all}_${name}.${model}` as Schema<'ModelEnum'>,
    permission: (action) => `${action}_${model}`,
    layout: layouts[name] ?? plain,
  };
}

/** Returns the name of a kind without the word that all of them end with. */
export function shortKind(name: string): string {
  return name.replace(/ (?:Policy|Stage)$/, '');
}
