// The console: starts React on the page that the platform serves.
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './console.css';
import { MantineProvider } from '@mantine/core';
import { ModalsProvider } from '@mantine/modals';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { createRoot } from 'react-dom/client';
import { QUERIES } from './queries.ts';
import { ROUTER } from './router.tsx';
import { styleNonce } from './style-nonce.ts';
import { THEME } from './theme.ts';

// By this name the library that keeps a page from scrolling behind a dialog looks for the nonce of its styles.
Object.assign(globalThis, { __webpack_nonce__: styleNonce() });

const root = document.getElementById('root');
if (!root) throw new Error('The page has no place for the console.');
createRoot(root).render(
  <MantineProvider theme={THEME} defaultColorScheme="auto" getStyleNonce={styleNonce}>
    <QueryClientProvider client={QUERIES}>
      <ModalsProvider>
        <Notifications position="top-right" limit={4} />
        <RouterProvider router={ROUTER} />
      </ModalsProvider>
    </QueryClientProvider>
  </MantineProvider>,
);
