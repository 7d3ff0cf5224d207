/** The one list of check types. */
import { http } from "./http/type.ts";
import { prometheus } from "./prometheus/type.ts";
import { script } from "./script/type.ts";
import type { AnyCheckType } from "./type.ts";

/** The one list of check types. */
export const CHECK_TYPES: readonly AnyCheckType[] = [http, prometheus, script] as unknown as AnyCheckType[];
