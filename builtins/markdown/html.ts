/** Markdown to HTML by markdown-it. */
import MarkdownIt from "markdown-it";
import { decode, encode } from "./bytes.ts";
import { taskLists } from "./task_lists.ts";

const renderer = new MarkdownIt("default", {
  html: true,
  xhtmlOut: true,
  linkify: false,
  typographer: false,
});
renderer.use(taskLists);
// CommonMark's examples have the line end also where there is nothing in the quote
renderer.renderer.rules.blockquote_open = (tokens, index, options, _env, self) =>
  self.renderToken(tokens, index, options) + (tokens[index + 1]?.type === "blockquote_close" ? "\n" : "");
// `del` as GitHub has it: what is struck out has been removed
renderer.renderer.rules.s_open = () => "<del>";
renderer.renderer.rules.s_close = () => "</del>";

/** @param source Bytes; what is not UTF-8 comes out as it is */
export function toHtml(source: string): string {
  return encode(renderer.render(decode(source)));
}
