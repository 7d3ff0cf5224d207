/** The examples of all documents, the oldest first. */
import type { Document } from "./example.ts";
import { LLMS } from "./llms_v0_11.ts";
import { README_0_1 } from "./readme_v0_1.ts";
import { AGENTS_0_5, README_0_6, README_0_8_2 } from "./readmes.ts";

export const DOCUMENTS: readonly Document[] = [README_0_1, AGENTS_0_5, README_0_6, README_0_8_2, LLMS];
