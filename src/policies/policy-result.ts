/** What a policy says. */
export interface PolicyResult {
  readonly passing: boolean;
  /** For the visitor. */
  readonly messages: readonly string[];
}
