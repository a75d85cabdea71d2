// How the console looks: one calm colour of its own, compact, the same in light and dark.
import { createTheme, type MantineColorsTuple } from '@mantine/core';

/** Deep sea: from foam to the harbour floor. */
const HARBOUR: MantineColorsTuple = [
  '#e6f7f9',
  '#d0ebef',
  '#a3d6de',
  '#72c0cc',
  '#4aadbd',
  '#2fa1b4',
  '#1b8a9e',
  '#0b7285',
  '#076072',
  '#034d5c',
];

/** The head of a dialog is not the head of the page. */
const NO_BANNER = { role: 'none' };
/** What floats over pages stands in a landmark of its own. */
const FLOATING = { portalProps: { target: '#floating' } };
/** Long lists of choices scroll by themselves, so that assistive technology knows what scrolls. */
const LISTED = { withScrollArea: false };
const LONG_LIST = { options: { maxHeight: 260, overflowY: 'auto' } };
const CLOSE = { 'aria-label': 'Close' };

/** The theme. */
export const THEME = createTheme({
  primaryColor: 'harbour',
  primaryShade: 7,
  colors: { harbour: HARBOUR },
  autoContrast: true,
  respectReducedMotion: true,
  defaultRadius: 'md',
  cursorType: 'pointer',
  fontFamily: 'Inter, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace',
  headings: { fontWeight: '650' },
  components: {
    Badge: { defaultProps: { tt: 'none' } },
    ...Object.fromEntries(['ModalHeader', 'DrawerHeader'].map((name) => [name, { defaultProps: NO_BANNER }])),
    ...Object.fromEntries(['ModalCloseButton', 'DrawerCloseButton'].map((name) => [name, { defaultProps: CLOSE }])),
    Notification: { defaultProps: { closeButtonProps: CLOSE } },
    ...Object.fromEntries(['Tooltip', 'Popover'].map((name) => [name, { defaultProps: FLOATING }])),
    ...Object.fromEntries(['Select', 'MultiSelect'].map((name) => [name, { defaultProps: LISTED, styles: LONG_LIST }])),
    Menu: { defaultProps: { withinPortal: false, withInitialFocusPlaceholder: false } },
  },
});
