/** The compiled engine as bytes: a module of its own, so that bundles embed it as bytes, not as an object of bytes. */
import bytes from "minijinja-js/dist/bundler/minijinja_js_bg.wasm" with { type: "bytes" };

export default bytes;
