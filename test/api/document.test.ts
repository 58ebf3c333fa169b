// docs/api.md: its GraphQL fits the schema and works, and its tables name every code there is.
import { readFileSync } from 'node:fs';
import { buildSchema, type GraphQLEnumType, parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { apiErrorCodes } from '../../src/api/api-errors.ts';
import { queryLimits } from '../../src/api/query-limits.ts';

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
const page = read('docs/api.md');
const schema = buildSchema(read('schema.graphql'));

const examples = [...page.matchAll(/```graphql\n([\s\S]*?)```/g)].map(([, text]) => text!);

test('the examples fit the schema', () => {
  expect(examples.length).toBeGreaterThan(4);
  for (const example of examples) expect(validate(schema, parse(example))).toEqual([]);
});

test('each mutation is there with all its codes', () => {
  const names = Object.keys(schema.getMutationType()!.getFields());
  const rows = names.map((name) => page.split('\n').find((line) => line.startsWith(`| \`${name}\` |`)) ?? '');
  const codes = rows.map((row) =>
    [
      ...row
        .split('|')
        .at(-2)!
        .matchAll(/`(\w+)`/g),
    ].map(([, code]) => code),
  );
  const promised = names.map((name) => {
    const type = schema.getType(`${name[0]!.toUpperCase()}${name.slice(1)}ErrorCode`) as GraphQLEnumType;
    return type.getValues().map((value) => value.name);
  });
  expect(codes).toEqual(promised);
});

test('so are the codes of GraphQL’s own errors, and the limits', () => {
  for (const [code, meaning] of Object.entries(apiErrorCodes))
    expect(page).toContain(`| \`${code}\` | ${meaning} |`);
  const { maxTokens, maxDepth, maxAliases, maxBodyBytes } = queryLimits;
  const limits = [maxTokens, maxDepth, maxAliases, maxBodyBytes].map((limit) => limit.toLocaleString('en'));
  expect(page).toMatch(
    new RegExp(
      `${limits[0]} tokens, ${limits[1]} levels and ${limits[2]} aliases, a body ${limits[3]} bytes`,
    ),
  );
});
