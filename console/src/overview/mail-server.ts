import { useQuery } from '@tanstack/react-query';

import { mailsQuery, stagesQuery } from '../mails/queries';
import { useSession } from '../session';
import { settingsQuery } from '../settings/queries';
import { t } from '../texts/texts';
import type { SetupItem } from './setup';

/** Settings that name the mail server of the service. */
const ofService = ['EMAIL_URL', 'EMAIL_HOST'];

/**
 * Whether mails leave the service: by its settings, by stages with a mail server of their own, or else by mails that a server
 * has accepted. A mail in the local mailbox says nothing about the others.
 */
export function useMailServer(): SetupItem | undefined {
  const { user, can } = useSession();
  const seesMails = can('view_mailmessage');
  const settings = useQuery({ ...settingsQuery, enabled: user.is_superuser });
  const stages = useQuery({ ...stagesQuery, enabled: can('view_emailstage') });
  const sent = useQuery({ ...latest('sent'), enabled: seesMails }).data?.pagination.count;
  const kept = useQuery({ ...latest('captured'), enabled: seesMails }).data?.pagination.count;
  const isPending = [settings, stages].some((query) => query.isLoading) || (seesMails && kept === undefined);
  if (isPending || (!seesMails && settings.data === undefined && stages.data === undefined)) return undefined;

  const title = 'setup.server';
  const link = user.is_superuser
    ? ({ to: '/settings', search: { q: 'EMAIL_' } } as const)
    : can('view_namedtransport')
      ? ({ to: '/senders' } as const)
      : undefined;
  const named = settings.data?.find(({ name, is_set: isSet }) => ofService.includes(name) && isSet)?.name;
  // EMAIL_URL is a secret, and can be mailbox://.
  const staysHere = (kept ?? 0) > 0 && sent === 0;
  if (named !== undefined && !staysHere) {
    return { title, state: 'done', text: t('setup.serverSet', { name: named }), link };
  }
  const leavesByStage = (stages.data?.results ?? []).some(
    ({ use_global_settings: isGlobal, transport = null }) => transport !== null || isGlobal !== true,
  );
  if (leavesByStage) return { title, state: 'done', text: t('setup.serverOfStages'), link };
  if (settings.data === undefined && (sent ?? 0) > 0)
    return { title, state: 'done', text: t('setup.serverDone'), link };
  if (settings.data === undefined && (kept ?? 0) === 0) {
    return { title, state: 'unknown', text: t('setup.serverUnknown'), link };
  }
  return { title, state: 'open', text: t('setup.serverLocal'), link };
}

const latest = (state: 'captured' | 'sent') => mailsQuery(() => ({ state: [state], page_size: 1 }), ['latest', state]);
