// What the bulk writer is given, and what came of it.

/** One operation of a bulk request. `version` is external; `ifSeqNo` and `ifPrimaryTerm` name the state that must be there. */
export interface BulkOperation {
  readonly action: 'index' | 'create' | 'update' | 'delete';
  readonly index: string;
  /** `index` must be an alias: OpenSearch would make an index where the one meant is not there any more. */
  readonly requireAlias?: true;
  readonly id: string;
  /** Written only where what is there has a smaller one. */
  readonly version?: number;
  /** Written only where this is what is there. */
  readonly ifSeqNo?: number;
  readonly ifPrimaryTerm?: number;
  /** The document, or for `update` the part of it that changes. */
  readonly body?: object;
}

export type BulkOutcome =
  /** `isRepeated`: an earlier try, whose answer was lost, may have been applied before this one. */
  | {
      readonly state: 'written';
      readonly seqNo: number;
      readonly primaryTerm: number;
      readonly isRepeated: boolean;
    }
  /** Another version is there, or nothing where something was expected. */
  | { readonly state: 'conflict'; readonly isRepeated: boolean }
  /** It will never be taken. `type` is OpenSearch's own word: `index_not_found_exception`. */
  | { readonly state: 'rejected'; readonly type: string; readonly reason: string };

/** As they stand in a request: header and document, each with its line end. */
export function linesOf(operation: BulkOperation): string {
  const { action, index, requireAlias, id, version, ifSeqNo, ifPrimaryTerm, body } = operation;
  const alias = requireAlias === true ? ',"require_alias":true' : '';
  const external = version === undefined ? '' : `,"version":${version},"version_type":"external"`;
  const condition = ifSeqNo === undefined ? '' : `,"if_seq_no":${ifSeqNo},"if_primary_term":${ifPrimaryTerm}`;
  const header = `{"${action}":{"_index":"${index}","_id":${JSON.stringify(id)}${alias}${external}${condition}}}\n`;
  if (body === undefined) return header;
  const document = JSON.stringify(body);
  return action === 'update' ? `${header}{"doc":${document}}\n` : `${header}${document}\n`;
}
