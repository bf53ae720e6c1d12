import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { api, contentOf, done, type Schema } from '../api/client';
import { Back } from '../parts/back';
import { DeleteButton } from '../parts/form/delete-button';
import { ResourceFacts } from '../parts/form/resource-facts';
import { ResourceForm } from '../parts/form/resource-form';
import { Page, Panel } from '../parts/page';
import { Loaded, Note } from '../parts/states';
import { Access } from '../permissions/access';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { type Family, type Kind, kindOf, type OfKind, shortKind } from './family';
import { keyOf, objectOfKindQuery, objectQuery } from './queries';

interface ObjectPageProps<Row extends OfKind> {
  readonly family: Family<Row>;
  readonly pk: string;
  /** What stands beside the settings. */
  readonly children: (object: Row, kind: Kind) => ReactNode;
}

/** An object of a kind: its settings, and who may change it. */
export function ObjectPage<Row extends OfKind>({ family, pk, children }: ObjectPageProps<Row>): ReactNode {
  return (
    <Loaded query={useQuery(objectQuery(family, pk))} isPage>
      {(object) => {
        const kind = kindOf(family, object.component);
        return (
          <Found key={pk} family={family} kind={kind} object={object}>
            {children(object, kind)}
          </Found>
        );
      }}
    </Loaded>
  );
}

interface FoundProps {
  readonly family: Family;
  readonly kind: Kind;
  readonly object: OfKind;
}

function Found({ family, kind, object, children }: FoundProps & { readonly children: ReactNode }): ReactNode {
  const { can } = useSession();
  const navigate = useNavigate();
  const client = useQueryClient();
  const { one, all } = family;
  const { pk, name } = object;
  return (
    <Page
      title={name}
      above={<Back to={`/${all}`}>{t(`${all}.back`)}</Back>}
      below={<p className="page-below">{shortKind(object.verbose_name)}</p>}
      actions={
        can(kind.permission('delete')) && (
          <DeleteButton
            name={name}
            usedBy={() => contentOf(api.GET(`/${all}/all/{${one}_uuid}/used_by/` as UsedByPath, keyOf(pk)))}
            remove={() => done(api.DELETE(kind.onePath, keyOf(pk)))}
            removed={() => {
              void client.invalidateQueries({ queryKey: [`${one} list`] });
              void navigate({ to: `/${all}` });
            }}
          />
        )
      }
    >
      <div className="columns">
        <div>
          <Panel title={t('stages.settings')}>
            {can(kind.permission('view')) ? (
              <Settings family={family} kind={kind} object={object} />
            ) : (
              <Note icon="lock" title={t('state.forbidden')} text={t('state.forbiddenText')} />
            )}
          </Panel>
        </div>
        <div>
          {children}
          <Access model={kind.model} object_pk={pk} name={name} />
        </div>
      </div>
    </Page>
  );
}

type UsedByPath = '/stages/all/{stage_uuid}/used_by/';

function Settings({ family, kind, object: { pk } }: FoundProps): ReactNode {
  const { can } = useSession();
  const client = useQueryClient();
  const { request, layout, onePath } = kind;
  return (
    <Loaded query={useQuery(objectOfKindQuery(family, kind, pk))}>
      {(value) =>
        can(kind.permission('change')) ? (
          <ResourceForm
            request={request}
            label={t('stages.settings')}
            value={value}
            layout={layout}
            save={(body: Schema<'PatchedDummyStageRequest'>) => contentOf(api.PATCH(onePath, { ...keyOf(pk), body }))}
            saved={() => {
              void client.invalidateQueries({ queryKey: [family.one, pk] });
              void client.invalidateQueries({ queryKey: [`${family.one} list`] });
            }}
          />
        ) : (
          <ResourceFacts request={request} value={value} />
        )
      }
    </Loaded>
  );
}
