/** URLs in messages: logs are read by more people than secrets are meant for. */

/** Names of query parameters whose values are secret. */
const SECRET = /token|secret|passw|pwd|api[-_]?key|^key$|signature|^sig$|credential|^auth/i;

/** A URL, or what was meant to be one, without user, password and the values of parameters such as `api_key`. */
export function shownUrl(url: string): string {
  return url
    .replace(/^(\s*(?:\w+:)?\/*)[^/?#\\]*@/, "$1")
    .replace(
      /([?&])([^=&#]*)=([^&#]*)/g,
      (whole, mark: string, name: string, value: string) =>
        value !== "" && SECRET.test(name) ? `${mark}${name}=***` : whole,
    );
}
