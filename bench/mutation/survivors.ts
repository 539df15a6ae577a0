/** Survivors that were looked at, and why no test can or need notice them. Keys are without line numbers, which move. */
export const REASONS: Readonly<Record<string, string>> = {};
