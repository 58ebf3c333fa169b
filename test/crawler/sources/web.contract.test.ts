import { dirname } from 'node:path/posix';
import { HostGate } from '../../../src/crawler/host-gate.ts';
import { open } from '../../../src/crawler/sources/web.ts';
import { describeSource } from '../../contracts/source.ts';
import { openWebServer } from '../../web-server.ts';
import { webSettings } from './web-settings.ts';

describeSource('web', async () => {
  const server = await openWebServer();
  const shown = new Map<string, Set<string>>([['/', new Set()]]);
  const show = (page: string, html: string) => {
    const parts = shown.get(page) ?? new Set();
    shown.set(page, parts.add(html));
    server.set(page, [...parts].join('\n'));
  };
  show('/', '<h1>Files</h1>');
  const settings = { ...webSettings, maxImageBytes: 100_000 };
  return {
    open: () => open({ address: server.url, settings, gate: new HostGate() }),
    openMissing: () => open({ address: `${server.url}/missing`, settings, gate: new HostGate() }),
    put: async (name, content) => {
      const path = `/${name.split('/').map(encodeURIComponent).join('/')}`;
      server.set(path, content);
      let folder = dirname(path).replace(/\/?$/, '/');
      show(folder, `<img src="${path}">`);
      while (folder !== '/') {
        const parent = dirname(folder).replace(/\/?$/, '/');
        show(parent, `<a href="${folder}">${folder}</a>`);
        folder = parent;
      }
    },
    remove: async (name) => server.set(`/${name}`, null),
    close: () => server.close(),
  };
});
