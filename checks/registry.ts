/** The one list of check types. */
import { http } from "./http.ts";
import { prometheus } from "./prometheus.ts";
import { script } from "./script.ts";
import type { CheckType } from "./type.ts";

/** The one list of check types. */
export const CHECK_TYPES: readonly CheckType[] = [http, prometheus, script];
