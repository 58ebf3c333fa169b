import { HostGate } from '../../../src/crawler/host-gate.ts';
import { open } from '../../../src/crawler/sources/list.ts';
import { describeSource } from '../../contracts/source.ts';
import { openWebServer } from '../../web-server.ts';
import { webSettings } from './web-settings.ts';

describeSource('list', async () => {
  const server = await openWebServer();
  const lines = new Map<string, string>();
  const write = () => server.set('/list.json', `[${[...lines.values()].join(',\n')}]`);
  write();
  const settings = { ...webSettings, maxImageBytes: 100_000 };
  return {
    open: () => open({ address: `${server.url}/list.json`, settings, gate: new HostGate() }),
    openMissing: () => open({ address: `${server.url}/missing.json`, settings, gate: new HostGate() }),
    put: async (name, content) => {
      const path = `/${name.split('/').map(encodeURIComponent).join('/')}`;
      server.set(path, content);
      lines.set(path, JSON.stringify({ url: path, title: name }));
      write();
    },
    remove: async (name) => server.set(`/${name}`, null),
    close: () => server.close(),
  };
});
