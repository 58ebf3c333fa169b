// The closed list of what `extensions.code` can say, and the masking of everything that is not on it.
import { type ASTNode, GraphQLError, type GraphQLFormattedError, Kind } from 'graphql';
import { ImagedexError, messageOf, TemporaryError } from '../errors.ts';
import type { Log } from '../log.ts';

export const apiErrorCodes = {
  GRAPHQL_PARSE_FAILED: 'the document is not GraphQL, or longer than allowed',
  GRAPHQL_VALIDATION_FAILED: 'the document does not fit the schema',
  QUERY_TOO_COMPLEX: 'the document is nested deeper or has more aliases than allowed',
  OPERATION_RESOLUTION_FAILURE:
    'there is no operation, none of the name that was asked, or one of a kind that there is not',
  BAD_USER_INPUT: 'an argument or a variable has a value that is not allowed',
  BAD_REQUEST: 'the HTTP request is not one of GraphQL over HTTP',
  INVALID_CURSOR: 'the cursor belongs to another query, or was not made here',
  PAYLOAD_TOO_LARGE: 'the body of the request is larger than allowed',
  FORBIDDEN: 'pages of other origins may not ask for this',
  RATE_LIMITED: 'the page of another origin asks too often; the header Retry-After says when to come again',
  BUSY: 'too many images are being classified; the header Retry-After says when to come again',
  TIMED_OUT: 'no answer within the time allowed',
  STORE_UNAVAILABLE: 'the store is away, full or too busy: try again later',
  INTERNAL_SERVER_ERROR: 'a fault of the program; its log says more',
} as const;
export type ApiErrorCode = keyof typeof apiErrorCodes;

export const badInput = (message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' satisfies ApiErrorCode } });

/** `status`: of the whole answer, where nothing of the document is answered. */
export const forbidden = (message: string, status?: number): GraphQLError =>
  new GraphQLError(message, {
    extensions: {
      code: 'FORBIDDEN' satisfies ApiErrorCode,
      ...(status === undefined ? {} : { http: { status } }),
    },
  });

/** Names the argument, says what was expected and what came. */
export function within(name: string, value: number, least: number, most: number): number {
  if (value >= least && value <= most) return value;
  throw badInput(`${name} must be from ${least} to ${most}, not ${value}.`);
}

/** What the client sees of an error: its message where the code is on the list, and never a stack trace. */
export function maskError(formatted: GraphQLFormattedError, error: unknown, log: Log): GraphQLFormattedError {
  const cause = innermost(error);
  const place = {
    ...(formatted.locations === undefined ? {} : { locations: formatted.locations }),
    ...(formatted.path === undefined ? {} : { path: formatted.path }),
  };
  if (cause instanceof ImagedexError && cause.code === 'invalid_cursor') {
    return {
      message: cause.message,
      ...place,
      extensions: { code: 'INVALID_CURSOR' satisfies ApiErrorCode },
    };
  }
  if (cause instanceof TemporaryError) {
    log.warn('a query failed: the store is away', {
      path: formatted.path?.join('.') ?? '',
      cause: cause.message,
    });
    return {
      message: `The store is away for a moment. Try again later. (${cause.message})`,
      ...place,
      extensions: { code: 'STORE_UNAVAILABLE' satisfies ApiErrorCode },
    };
  }
  // Apollo gives every error of validation one code; ours is on the error that it wraps.
  const own = (cause as { extensions?: { code?: unknown } } | null)?.extensions?.code;
  // The message is one that clients of persisted queries know: they then send the whole document.
  if (own === 'PERSISTED_QUERY_NOT_SUPPORTED') {
    return {
      message: formatted.message,
      ...place,
      extensions: { code: 'BAD_REQUEST' satisfies ApiErrorCode },
    };
  }
  const code = String(own ?? documentFault(cause) ?? formatted.extensions?.['code'] ?? '');
  if (code in apiErrorCodes && code !== 'INTERNAL_SERVER_ERROR') {
    return { message: formatted.message, ...place, extensions: { code } };
  }
  log.error('a query failed', {
    path: formatted.path?.join('.') ?? '',
    cause: messageOf(cause),
    ...(cause instanceof Error && cause.stack !== undefined ? { stack: cause.stack } : {}),
  });
  return {
    message: 'Something went wrong on the server. Its log says more.',
    ...place,
    extensions: { code: 'INTERNAL_SERVER_ERROR' satisfies ApiErrorCode },
  };
}

/** graphql-js has no codes, but says which part of the document was at fault; a fault of ours lies in a field. */
function documentFault(cause: unknown): ApiErrorCode | undefined {
  const { name, nodes } = (cause ?? {}) as { readonly name?: unknown; readonly nodes?: readonly ASTNode[] };
  const kind = name === 'GraphQLError' ? nodes?.[0]?.kind : undefined;
  if (kind === Kind.OPERATION_DEFINITION) return 'OPERATION_RESOLUTION_FAILURE';
  return kind === Kind.VARIABLE || kind?.endsWith('Value') === true ? 'BAD_USER_INPUT' : undefined;
}

/**
 * For pages of other origins: graphql-js names what is near in the schema, and what they may ask for is in the
 * documentation; why a store is away, and where it is, is nobody's business there.
 */
export function withoutSuggestions(formatted: GraphQLFormattedError): GraphQLFormattedError {
  const { message, path, extensions } = formatted;
  if (extensions?.['code'] === 'STORE_UNAVAILABLE')
    return { ...formatted, message: 'The store is away for a moment. Try again later.' };
  const isOfDocument = extensions?.['code'] === 'GRAPHQL_VALIDATION_FAILED' || path === undefined;
  return isOfDocument
    ? { ...formatted, message: message.replace(/\s*Did you mean [\s\S]*$/, '') }
    : formatted;
}

/** GraphQL wraps what resolvers and rules throw. Told by shape: a second copy of graphql has classes of its own. */
function innermost(error: unknown): unknown {
  const inner = (error as { readonly originalError?: unknown } | null)?.originalError;
  return inner === undefined || inner === null ? error : innermost(inner);
}
