import { defineGlobal, fn } from "../../runtime/seam/declare.ts";
import { ScriptError } from "../../runtime/seam/error.ts";
import {
  boolean,
  integer,
  Mismatch,
  number,
  optional,
  options,
  type Param,
  string,
  table,
} from "../../runtime/seam/params.ts";
import { toText } from "../../runtime/seam/text.ts";
import { isTable, type LuaTable } from "../../runtime/seam/value.ts";
import { path } from "../path.ts";
import { LazyModule } from "../lazy.ts";
import { strings } from "./jwt/strings.ts";
import { randomHex, UuidV7Source } from "./random.ts";

const digests = new LazyModule(() => import("./digest.ts"));
const tokens = new LazyModule(() => import("./jwt/mod.ts"));

const DEFAULT_RANDOM = 32;
const UUID_V7 = Symbol("crypto.uuid v7");

const SIGN_ARGUMENTS = [
  "first argument must be a claims table",
  "second argument must be a PEM key string, or the secret of HS256 and its like",
];

const keyOrSet: Param<string | LuaTable> = {
  name: "key",
  type: "string|table",
  optional: false,
  read(value) {
    if (typeof value === "string" || isTable(value)) return value;
    throw new Mismatch("String or table");
  },
};

export default defineGlobal({
  name: "crypto",
  doc: "Hashes, signatures, tokens and random values",
  preload: () => Promise.all([digests.load(), tokens.load()]),
  functions: {
    hash: fn({
      params: [string("data"), optional(string("alg"), "sha256")],
      returns: "string",
      doc:
        "The hash of a string in hexadecimal: sha256 unless alg is another of sha224 to sha512, sha3-224 to sha3-512, md5",
      run: (_host, data, alg) => digests.use(({ hash }) => hash(data, alg)),
    }),
    hash_file: fn({
      params: [path(), optional(string("alg"), "sha256")],
      returns: "string",
      doc: "The hash of a file of any size in hexadecimal, as crypto.hash gives it",
      permission: "read",
      run: (_host, file, alg) => digests.use(({ hashFile }) => hashFile(file, alg)),
    }),
    hmac: fn({
      params: [
        string("key"),
        string("data"),
        optional(string("alg"), "sha256"),
        optional(boolean("raw"), false),
      ],
      returns: "string",
      doc: "The HMAC of a string in hexadecimal, with sha256 unless alg is another hash; as bytes when raw",
      run: (_host, key, data, alg, raw) => digests.use(({ hmac }) => hmac(key, data, alg, raw)),
    }),
    equal: fn({
      params: [string("a"), string("b")],
      returns: "boolean",
      doc: "Whether two strings are equal, in a time that does not tell where they differ",
      run: (_host, a, b) => digests.use(({ equal }) => equal(a, b)),
    }),
    random: fn({
      params: [optional(integer("len"), DEFAULT_RANDOM)],
      returns: "string",
      doc: "So many secure random bytes, 32 by default, in hexadecimal: two characters each",
      run: (_host, count) => randomHex(count),
    }),
    uuid: fn({
      params: [optional(string("version"), "v4")],
      returns: "string",
      doc: "A random UUID (v4), or with v7 one that begins with the time",
      run: (host, version) => {
        if (version === "v4") return crypto.randomUUID();
        if (version === "v7") return host.state(UUID_V7, () => new UuidV7Source()).next();
        throw new ScriptError(
          `crypto.uuid: version must be "v4" or "v7": current value is "${toText(version)}"`,
        );
      },
    }),
    jwt_sign: fn({
      params: [
        table("claims"),
        string("key"),
        optional(string("alg"), "RS256"),
        options("opts", { kid: string }),
      ],
      returns: "string",
      doc:
        "Sign a token, by RS256 unless alg says otherwise, with a PEM private key, or with a secret for HS256, HS384 and HS512",
      argumentMessage: (index, name) => SIGN_ARGUMENTS[index] && `${name}: ${SIGN_ARGUMENTS[index]}`,
      run: (_host, claims, key, alg, { kid }) =>
        tokens.use(({ algorithmOf, signToken, SUPPORTED }) => {
          const algorithm = algorithmOf(alg);
          if (algorithm !== undefined) return signToken(claims, key, algorithm, kid);
          throw new ScriptError(
            `crypto.jwt_sign: unsupported algorithm: ${toText(alg)} (supported: ${SUPPORTED})`,
          );
        }),
    }),
    jwt_decode: fn({
      params: [string("token")],
      returns: "{header: table, claims: table}",
      doc: "The header and the claims of a token, without verifying anything",
      run: (host, token) =>
        tokens.use(({ readToken }) => {
          const { header, claims } = readToken(host, token, "crypto.jwt_decode");
          return host.vm.newRecord({ header, claims });
        }),
    }),
    jwt_verify: fn({
      params: [
        string("token"),
        keyOrSet,
        options("opts", {
          algorithm: strings,
          algorithms: strings,
          audience: strings,
          issuer: strings,
          leeway: number,
          validate_exp: boolean,
          validate_nbf: boolean,
          required_claims: strings,
        }),
      ],
      returns: "{header: table, claims: table}",
      doc:
        "The header and the claims of a token whose signature and claims are right; the key is a secret, PEM, " +
        "a JWK, a JWKS or the URL of one",
      permission: "net",
      run: (host, token, key, opts) => tokens.use(({ verifyToken }) => verifyToken(host, token, key, opts)),
    }),
  },
});
