// Which address shows which page. Every page is loaded when it is first looked at.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet } from '@tanstack/react-router';
import { Frame } from './shell/frame.tsx';
import { LostPage } from './shell/lost-page.tsx';
import { ErrorPanel } from './shown/error-panel.tsx';

const root = createRootRoute({ component: Outlet, notFoundComponent: LostPage });

/** Pages that need nobody signed in. */
const door = createRoute({ getParentRoute: () => root, id: 'door', component: Outlet });
const claim = createRoute({
  getParentRoute: () => door,
  path: '/claim',
  component: lazyRouteComponent(() => import('./account/claim-page.tsx'), 'ClaimPage'),
});
const signIn = createRoute({
  getParentRoute: () => door,
  path: '/sign-in',
  component: lazyRouteComponent(() => import('./account/sign-in-page.tsx'), 'SignInPage'),
});
const invitation = createRoute({
  getParentRoute: () => door,
  path: '/invitation',
  component: lazyRouteComponent(() => import('./account/invitation-page.tsx'), 'InvitationPage'),
});

/** Pages of somebody who is signed in, within the frame with the navigation. */
const inside = createRoute({ getParentRoute: () => root, id: 'inside', component: Frame });
const page = { getParentRoute: () => inside } as const;
const pages = [
  createRoute({
    ...page,
    path: '/',
    component: lazyRouteComponent(() => import('./overview/overview-page.tsx'), 'OverviewPage'),
  }),
  createRoute({
    ...page,
    path: '/applications',
    component: lazyRouteComponent(() => import('./applications/applications-page.tsx'), 'ApplicationsPage'),
  }),
  createRoute({
    ...page,
    path: '/applications/$application',
    component: lazyRouteComponent(() => import('./applications/application-page.tsx'), 'ApplicationPage'),
  }),
  createRoute({
    ...page,
    path: '/applications/$application/compare/$before/$after',
    component: lazyRouteComponent(() => import('./applications/compare-page.tsx'), 'ComparePage'),
  }),
  createRoute({
    ...page,
    path: '/instances',
    component: lazyRouteComponent(() => import('./instances/instances-page.tsx'), 'InstancesPage'),
  }),
  createRoute({
    ...page,
    path: '/configure',
    component: lazyRouteComponent(() => import('./instances/configure-page.tsx'), 'ConfigurePage'),
  }),
  createRoute({
    ...page,
    path: '/instances/$instance',
    component: lazyRouteComponent(() => import('./instances/instance-page.tsx'), 'InstancePage'),
  }),
  createRoute({
    ...page,
    path: '/jobs',
    component: lazyRouteComponent(() => import('./jobs/jobs-page.tsx'), 'JobsPage'),
  }),
  createRoute({
    ...page,
    path: '/jobs/$job',
    component: lazyRouteComponent(() => import('./jobs/job-page.tsx'), 'JobPage'),
  }),
  createRoute({
    ...page,
    path: '/timeline',
    component: lazyRouteComponent(() => import('./timeline/timeline-page.tsx'), 'TimelinePage'),
  }),
  createRoute({
    ...page,
    path: '/calendars',
    component: lazyRouteComponent(() => import('./instances/calendars-page.tsx'), 'CalendarsPage'),
  }),
  createRoute({
    ...page,
    path: '/sensors',
    component: lazyRouteComponent(() => import('./sensors/sensors-page.tsx'), 'SensorsPage'),
  }),
  createRoute({
    ...page,
    path: '/sensors/$sensor',
    component: lazyRouteComponent(() => import('./sensors/sensor-page.tsx'), 'SensorPage'),
  }),
  createRoute({
    ...page,
    path: '/actions',
    component: lazyRouteComponent(() => import('./actions/actions-page.tsx'), 'ActionsPage'),
  }),
  createRoute({
    ...page,
    path: '/actions/$action',
    component: lazyRouteComponent(() => import('./actions/action-page.tsx'), 'ActionPage'),
  }),
  createRoute({
    ...page,
    path: '/nodes',
    component: lazyRouteComponent(() => import('./nodes/nodes-page.tsx'), 'NodesPage'),
  }),
  createRoute({
    ...page,
    path: '/nodes/$node',
    component: lazyRouteComponent(() => import('./nodes/node-page.tsx'), 'NodePage'),
  }),
  createRoute({
    ...page,
    path: '/inbox',
    component: lazyRouteComponent(() => import('./inbox/inbox-page.tsx'), 'InboxPage'),
  }),
  createRoute({
    ...page,
    path: '/events',
    component: lazyRouteComponent(() => import('./platform/events-page.tsx'), 'EventsPage'),
  }),
  createRoute({
    ...page,
    path: '/platform',
    component: lazyRouteComponent(() => import('./platform/platform-page.tsx'), 'PlatformPage'),
  }),
  createRoute({
    ...page,
    path: '/administration',
    component: lazyRouteComponent(() => import('./admin/administration-page.tsx'), 'AdministrationPage'),
  }),
  createRoute({
    ...page,
    path: '/administration/$section',
    component: lazyRouteComponent(() => import('./admin/administration-page.tsx'), 'AdministrationPage'),
  }),
  createRoute({
    ...page,
    path: '/account',
    component: lazyRouteComponent(() => import('./account/account-page.tsx'), 'AccountPage'),
  }),
];

/** The router of the console. */
export const ROUTER = createRouter({
  routeTree: root.addChildren([door.addChildren([claim, signIn, invitation]), inside.addChildren(pages)]),
  defaultErrorComponent: ({ error }) => <ErrorPanel error={error as Error} />,
  defaultPreload: 'intent',
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof ROUTER;
  }
}
