import type { LucideIcon } from 'lucide-react';
import ArrowLeft from 'lucide-react/icons/arrow-left';
import Ban from 'lucide-react/icons/ban';
import Bell from 'lucide-react/icons/bell';
import Check from 'lucide-react/icons/check';
import ChevronDown from 'lucide-react/icons/chevron-down';
import ChevronLeft from 'lucide-react/icons/chevron-left';
import ChevronRight from 'lucide-react/icons/chevron-right';
import Clock from 'lucide-react/icons/clock';
import Code from 'lucide-react/icons/code-xml';
import Copy from 'lucide-react/icons/copy';
import Download from 'lucide-react/icons/download';
import ExternalLink from 'lucide-react/icons/external-link';
import FileText from 'lucide-react/icons/file-text';
import GripVertical from 'lucide-react/icons/grip-vertical';
import Inbox from 'lucide-react/icons/inbox';
import Key from 'lucide-react/icons/key-round';
import Layers from 'lucide-react/icons/layers';
import LayoutDashboard from 'lucide-react/icons/layout-dashboard';
import Lock from 'lucide-react/icons/lock';
import LogOut from 'lucide-react/icons/log-out';
import Mail from 'lucide-react/icons/mail';
import MailPlus from 'lucide-react/icons/mail-plus';
import Pencil from 'lucide-react/icons/pencil';
import Plus from 'lucide-react/icons/plus';
import RotateCw from 'lucide-react/icons/rotate-cw';
import Scale from 'lucide-react/icons/scale';
import ScrollText from 'lucide-react/icons/scroll-text';
import Search from 'lucide-react/icons/search';
import Send from 'lucide-react/icons/send';
import Settings from 'lucide-react/icons/settings';
import Shapes from 'lucide-react/icons/shapes';
import ShieldCheck from 'lucide-react/icons/shield-check';
import Trash from 'lucide-react/icons/trash-2';
import TriangleAlert from 'lucide-react/icons/triangle-alert';
import Upload from 'lucide-react/icons/upload';
import Users from 'lucide-react/icons/users';
import UsersRound from 'lucide-react/icons/users-round';
import Webhook from 'lucide-react/icons/webhook';
import Workflow from 'lucide-react/icons/workflow';
import X from 'lucide-react/icons/x';
import type { ReactNode } from 'react';

/** The icons of the console. Each is imported by itself: the index of the package has thousands. */
const icons = {
  add: Plus,
  alert: TriangleAlert,
  back: ArrowLeft,
  bin: Trash,
  blocked: Ban,
  blueprints: Shapes,
  check: Check,
  clock: Clock,
  copy: Copy,
  cross: X,
  docs: Code,
  down: ChevronDown,
  download: Download,
  edit: Pencil,
  empty: Inbox,
  events: ScrollText,
  flows: Workflow,
  grip: GripVertical,
  groups: UsersRound,
  invitations: MailPlus,
  leave: LogOut,
  lock: Lock,
  mail: Mail,
  next: ChevronRight,
  notifications: Bell,
  policies: Scale,
  open: ExternalLink,
  overview: LayoutDashboard,
  previous: ChevronLeft,
  repeat: RotateCw,
  roles: ShieldCheck,
  search: Search,
  senders: Send,
  settings: Settings,
  stages: Layers,
  templates: FileText,
  tokens: Key,
  upload: Upload,
  users: Users,
  webhooks: Webhook,
} as const satisfies Readonly<Record<string, LucideIcon>>;

/** The name of an icon. */
export type IconName = keyof typeof icons;

/** Icons that point along the line: they are mirrored where lines start at the right. */
const pointing: readonly IconName[] = ['back', 'leave', 'next', 'previous'];

/** A decoration beside a text. */
export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }): ReactNode {
  const Drawing = icons[name];
  return (
    <Drawing
      className={pointing.includes(name) ? 'icon icon-pointing' : 'icon'}
      size={size}
      strokeWidth={1.75}
      aria-hidden="true"
    />
  );
}
