/** The results as JSON: the documented shape, `{passed, failed, total, results, duration_ms}`, and more keys. */
import { atEnd } from "./report.ts";

/** The report `json`. */
export const json = atEnd((report) => `${JSON.stringify(report, null, 2)}\n`);
