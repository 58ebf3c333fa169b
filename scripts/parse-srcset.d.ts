declare module 'parse-srcset' {
  interface SrcsetCandidate {
    readonly url: string;
    readonly w?: number;
    readonly d?: number;
    readonly h?: number;
  }
  export default function parseSrcset(srcset: string): SrcsetCandidate[];
}
