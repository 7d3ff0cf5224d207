/** From items to JavaScript text, with the origin of every line. */
import type { If, Item } from "./ir.ts";
import { siteRange } from "./ir.ts";
import type { Origin } from "./origin.ts";

/** Text in the making. */
export class Printer {
  readonly lines: string[] = [];
  readonly origins: (Origin | undefined)[] = [];
  /** How many characters the lines have. */
  length = 0;

  line(text: string, origin?: Origin): void {
    this.lines.push(text);
    this.length += text.length;
    this.origins.push(origin);
  }
}

/** Prints items to run from the top. */
export function printPlain(out: Printer, items: readonly Item[]): void {
  for (let i = 0; i < items.length; i++) {
    const item = items[i] as Item;
    switch (item.kind) {
      case "code":
      case "site":
        out.line(item.text, item.origin);
        break;
      case "if":
        out.line(`if(${item.condition}){`, item.origin);
        printPlain(out, item.then);
        if (item.otherwise.length > 0) {
          out.line("}else{");
          printPlain(out, item.otherwise);
        }
        out.line("}");
        break;
      case "loop":
        out.line(`${item.label}:for(;;){`, item.origin);
        printPlain(out, item.body);
        out.line("}");
        break;
      case "block":
        out.line(`${item.label}:{`, item.origin);
        printPlain(out, item.body);
        out.line("}");
        break;
    }
  }
}

/** Prints items to be entered at the site whose number `pc` is; 0 when it has been passed. */
export function printResume(out: Printer, items: readonly Item[]): void {
  let open = false;
  const close = () => {
    if (open) out.line("}");
    open = false;
  };
  for (const item of items) {
    if (item.kind === "site") {
      close();
      out.line(`if(pc===0){${item.text}}else if(pc===${item.number}){pc=0;${item.resume}}`, item.origin);
      continue;
    }
    const [first, last] = item.kind === "code" ? [0, -1] : siteRange([item]);
    if (last < 0) {
      if (!open) out.line("if(pc===0){");
      open = true;
      printPlain(out, [item]);
      continue;
    }
    close();
    out.line(`if(pc===0||${within(first, last)}){`);
    if (item.kind === "if") printResumeIf(out, item);
    else if (item.kind !== "code") {
      out.line(item.kind === "loop" ? `${item.label}:for(;;){` : `${item.label}:{`, item.origin);
      printResume(out, item.body);
      out.line("}");
    }
    out.line("}");
  }
  close();
}

function printResumeIf(out: Printer, item: If): void {
  const [first, last] = siteRange(item.then);
  const [otherFirst, otherLast] = siteRange(item.otherwise);
  out.line(`if(pc===0?${item.condition}:${within(first, last)}){`, item.origin);
  printResume(out, item.then);
  if (item.otherwise.length > 0) {
    out.line(`}else if(pc===0||${within(otherFirst, otherLast)}){`);
    printResume(out, item.otherwise);
  }
  out.line("}");
}

function within(first: number, last: number): string {
  return last < 0 ? "false" : first === last ? `pc===${first}` : `pc>=${first}&&pc<=${last}`;
}
