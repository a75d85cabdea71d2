// The pages of the console: where they stand, who may see them, and what the navigation calls them.
import {
  Activity,
  AppWindow,
  BellRing,
  Boxes,
  CalendarClock,
  CalendarOff,
  Gauge,
  type LucideIcon,
  Play,
  Radio,
  ScrollText,
  Send,
  Server,
  ShieldCheck,
} from 'lucide-react';
import type { Permission } from '../../../src/model/permission.ts';

/** One entry of the navigation. */
export interface PageEntry {
  readonly path: string;
  readonly label: string;
  readonly icon: LucideIcon;
  /** Who lacks it everywhere does not see the page; null: everybody who is signed in. */
  readonly permission: Permission | null;
}

/** The navigation, in groups. */
export const NAVIGATION: readonly { readonly label: string; readonly pages: readonly PageEntry[] }[] = [
  {
    label: 'Work',
    pages: [
      { path: '/', label: 'Overview', icon: Gauge, permission: 'platform:read' },
      { path: '/applications', label: 'Applications', icon: AppWindow, permission: 'applications:read' },
      { path: '/instances', label: 'Instances', icon: Boxes, permission: 'instances:read' },
      { path: '/jobs', label: 'Jobs', icon: Play, permission: 'jobs:read' },
      { path: '/timeline', label: 'Timeline', icon: CalendarClock, permission: 'jobs:read' },
      { path: '/calendars', label: 'Calendars', icon: CalendarOff, permission: 'calendars:read' },
    ],
  },
  {
    label: 'Things',
    pages: [
      { path: '/sensors', label: 'Sensors', icon: Radio, permission: 'sensors:read' },
      { path: '/actions', label: 'Actions', icon: Send, permission: 'actions:read' },
      { path: '/nodes', label: 'Nodes', icon: Server, permission: 'nodes:read' },
    ],
  },
  {
    label: 'Platform',
    pages: [
      { path: '/inbox', label: 'Inbox', icon: BellRing, permission: null },
      { path: '/events', label: 'Events', icon: ScrollText, permission: 'events:read' },
      { path: '/platform', label: 'Platform', icon: Activity, permission: 'platform:read' },
      { path: '/administration', label: 'Administration', icon: ShieldCheck, permission: 'users:write' },
    ],
  },
];
