import { main } from "./cli/main.ts";

// Not awaited at the top level: when nothing is left that could wake the script, `main` says so itself
main(Deno.args);
