import { readFile } from 'node:fs/promises';
import {
  buildClientSchema,
  buildSchema,
  type GraphQLEnumType,
  type GraphQLSchema,
  getIntrospectionQuery,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  lexicographicSortSchema,
  printSchema,
} from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { failureCodes, skipCodes } from '../../src/errors.ts';
import { formats } from '../../src/record.ts';
import { answer, serveWorld } from './world.ts';

const committed = buildSchema(await readFile(new URL('../../schema.graphql', import.meta.url), 'utf8'));
let world: Awaited<ReturnType<typeof serveWorld>>;

beforeAll(async () => {
  world = await serveWorld();
});
afterAll(() => world.close());

const printed = (schema: GraphQLSchema) => printSchema(lexicographicSortSchema(schema));
const valuesOf = (name: string) =>
  (committed.getType(name) as GraphQLEnumType).getValues().map((value) => value.name);

test('what is served is what is committed, to the last description', async () => {
  const introspection = await answer<Parameters<typeof buildClientSchema>[0]>(
    world.url,
    getIntrospectionQuery({ specifiedByUrl: true, oneOf: true }),
  );
  expect(printed(buildClientSchema(introspection))).toBe(printed(committed));
  const served = await fetch(`${world.url}/schema.graphql`);
  expect(printed(buildSchema(await served.text()))).toBe(printed(committed));
});

test('everything in the schema is described', () => {
  const silent: string[] = [];
  for (const type of Object.values(committed.getTypeMap())) {
    if (type.name.startsWith('__')) continue;
    if (!type.description) silent.push(type.name);
    if (isEnumType(type)) {
      for (const value of type.getValues()) if (!value.description) silent.push(`${type.name}.${value.name}`);
    }
    if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      if (!field.description) silent.push(`${type.name}.${field.name}`);
      for (const argument of 'args' in field ? field.args : [])
        if (!argument.description) silent.push(`${type.name}.${field.name}(${argument.name})`);
    }
  }
  expect(silent).toEqual([]);
});

test('the closed lists of the code are those of the schema', () => {
  expect(valuesOf('ImageFormat')).toEqual([...formats]);
  expect(valuesOf('SkipCode')).toEqual([
    ...Object.keys(skipCodes).map((code) => code.toUpperCase()),
    'UNKNOWN',
  ]);
  expect(valuesOf('FailureCode')).toEqual([
    ...Object.keys(failureCodes).map((code) => code.toUpperCase()),
    'UNKNOWN',
  ]);
});
