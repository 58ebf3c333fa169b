// GraphiQL at /graphql, for people: bundled at build time, so that nothing comes from elsewhere.
import { GraphiQL } from 'graphiql';
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import 'graphiql/graphiql.css';
import './graphiql-page.css';
import { examples } from './graphiql-examples.ts';

async function ask(parameters: object, options: { readonly headers?: Record<string, string> } = {}) {
  const answer = await fetch('/graphql', {
    method: 'POST',
    headers: {
      ...options.headers,
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json',
    },
    body: JSON.stringify(parameters),
  });
  return answer.json() as Promise<object>;
}

const home = createElement('a', { href: '/', className: 'home' }, 'imagedex');

createRoot(document.querySelector('main') as HTMLElement).render(
  createElement(
    GraphiQL,
    {
      fetcher: ask as never,
      defaultTabs: examples.map((example) => ({ ...example })),
      defaultEditorToolsVisibility: 'variables',
      isHeadersEditorEnabled: false,
      showPersistHeadersSettings: false,
    },
    createElement(GraphiQL.Logo, null, home),
  ),
);
