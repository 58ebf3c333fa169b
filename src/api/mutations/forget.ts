// forget: takes an image, a page or a site down, and keeps it from coming back.
import type { Forgotten } from '../actions.ts';
import type { ApiContext } from '../context.ts';
import { type MutationError, problem, problemOf } from './mutation-error.ts';

type ForgetCode = 'INVALID_TARGET' | 'NOT_FOUND';

export interface ForgetPayload {
  readonly forgotten: Forgotten | null;
  readonly errors: readonly MutationError<ForgetCode>[];
}

const maxTargetLength = 4000;

async function forget(
  _: unknown,
  { input: { target } }: { input: { target: string } },
  { parts }: ApiContext,
): Promise<ForgetPayload> {
  if (target.length > maxTargetLength) {
    const message = `Expected at most ${maxTargetLength} characters, not ${target.length}.`;
    return { forgotten: null, ...problem('INVALID_TARGET', message, 'target') };
  }
  try {
    return { forgotten: await parts.actions.forget(target), errors: [] };
  } catch (error) {
    return {
      forgotten: null,
      ...problemOf<ForgetCode>(error, {
        usage: ['INVALID_TARGET', 'target'],
        not_found: ['NOT_FOUND', 'target'],
      }),
    };
  }
}

export const forgetMutations = { forget };
