// GraphiQL at /graphql, for people: bundled at build time, so that nothing comes from elsewhere.
import { GraphiQL } from 'graphiql';
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import 'graphiql/graphiql.css';
import './graphiql-page.css';
import { examplesFor } from './graphiql-examples.ts';

interface Asked {
  readonly query: string;
  readonly variables?: unknown;
  readonly operationName?: string | null;
}

/** For a moment after a tab was chosen GraphiQL still asks for the operation of the one before. */
function inItsDocument({ operationName, ...asked }: Asked): Asked {
  const isThere = typeof operationName === 'string' && new RegExp(`\\b${operationName}\\b`).test(asked.query);
  return isThere ? { ...asked, operationName } : asked;
}

async function ask(parameters: Asked, options: { readonly headers?: Record<string, string> } = {}) {
  const answer = await fetch('/graphql', {
    method: 'POST',
    headers: {
      ...options.headers,
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json',
    },
    body: JSON.stringify(inItsDocument(parameters)),
  });
  return answer.json() as Promise<object>;
}

/** The name of a label that the collection has: `dog` where it has that, or nothing. Nobody waits long for it. */
async function labelIn(collection: string): Promise<string> {
  const query = `query Labels($collection: String!) {
    dogs: labels(collection: $collection, prefix: "dog", first: 1) { label { name } }
    most: labels(collection: $collection, first: 1) { label { name } }
  }`;
  const asked = ask({ query, variables: { collection } }) as Promise<{
    data?: Record<'dogs' | 'most', { label: { name: string } }[]> | null;
  }>;
  const nothing = new Promise<undefined>((resolve) => setTimeout(resolve, 2000));
  const answer = await Promise.race([asked, nothing]).catch(() => undefined);
  const [found] = [...(answer?.data?.dogs ?? []), ...(answer?.data?.most ?? [])];
  return found?.label.name ?? 'dog';
}

const main = document.querySelector('main') as HTMLElement;
const collection = main.dataset['collection'] ?? 'default';
const examples = examplesFor(collection, await labelIn(collection));
const home = createElement('a', { href: '/', className: 'home' }, 'imagedex');

createRoot(main).render(
  createElement(
    GraphiQL,
    {
      fetcher: ask as never,
      defaultTabs: [...examples],
      defaultEditorToolsVisibility: 'variables',
      isHeadersEditorEnabled: false,
      showPersistHeadersSettings: false,
    },
    createElement(GraphiQL.Logo, null, home),
  ),
);
