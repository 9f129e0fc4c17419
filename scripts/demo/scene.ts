/** What this run of the demo has chosen: ports of 127.0.0.1, and a word that is found again. */
export interface Scene {
  readonly ssh: string;
  readonly app: string;
  readonly metrics: string;
  readonly greeting: string;
}
