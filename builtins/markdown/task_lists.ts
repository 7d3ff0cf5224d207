/** Task lists: list items that begin with `[ ]` or `[x]`. */
import type { MarkdownIt } from "markdown-it";

/** @see https://github.github.com/gfm/#task-list-items-extension- */
const MARKER = /^\[([ xX])\][ \t\n]/;

/** A plug-in of markdown-it. */
export function taskLists(renderer: MarkdownIt): void {
  renderer.core.ruler.after("inline", "task_lists", ({ tokens, Token }) => {
    for (const [index, token] of tokens.entries()) {
      if (token.type !== "inline" || tokens[index - 1]?.type !== "paragraph_open") continue;
      const marker = tokens[index - 2]?.type === "list_item_open" ? MARKER.exec(token.content) : null;
      const [first, second] = token.children ?? [];
      if (marker === null || first?.type !== "text" || token.children === null) continue;
      first.content = first.content.slice(marker[0].trimEnd().length).trimStart();
      // The blank that ends the marker is a line end
      if (first.content === "" && second?.type === "softbreak") token.children.splice(1, 1);
      const box = new Token("html_inline", "", 0);
      box.content = `<input disabled="" type="checkbox"${marker[1] === " " ? "" : ' checked=""'}/>\n`;
      token.children.unshift(box);
    }
  });
}
