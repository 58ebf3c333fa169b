// The schema's own scalars. What they are is written in schema.graphql; here is what they let through.
import { Kind, type ValueNode } from 'graphql';
import { badInput } from './api-errors.ts';

const rfc3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

function readDateTime(value: unknown): string {
  const date = typeof value === 'string' && rfc3339.test(value) ? new Date(value) : undefined;
  if (date === undefined || Number.isNaN(date.getTime())) {
    throw badInput(`A DateTime is written like 2026-11-21T10:00:00Z, not ${JSON.stringify(value)}.`);
  }
  return date.toISOString();
}

function readUrl(value: unknown): string {
  if (typeof value === 'string' && URL.canParse(value)) return value;
  throw badInput(`A URL is absolute, with its scheme: not ${JSON.stringify(value)}.`);
}

function readSha256(value: unknown): string {
  if (typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)) return value;
  throw badInput(`A SHA256 has 64 hexadecimal digits in lower case: not ${JSON.stringify(value)}.`);
}

/** Only functions: the names, descriptions and addresses stay those of the schema. */
const scalar = (read: (value: unknown) => string) => ({
  serialize: (value: unknown) => String(value),
  parseValue: read,
  parseLiteral: (node: ValueNode) => read(node.kind === Kind.STRING ? node.value : undefined),
});

export const scalars = {
  DateTime: scalar(readDateTime),
  URL: scalar(readUrl),
  SHA256: scalar(readSha256),
};
