/** Text of a module's header on one line, without what a terminal would obey. */
export function plainLine(text: string): string {
  // deno-lint-ignore no-control-regex -- these are what is taken out
  return text.replaceAll(/[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g, " ");
}
