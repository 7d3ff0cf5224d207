/** A certificate authority of a test's own, made with openssl. */

export interface Certificate {
  cert: string;
  key: string;
}

export interface Authority {
  /** The file of its certificate, PEM. */
  file: string;
  pem: string;
  /** Makes a server's certificate. @param days From now; negative for one that has expired */
  issue(names: string, days: number): Promise<Certificate>;
}

/** @param folder Where its files go */
export async function makeAuthority(folder: string): Promise<Authority> {
  const file = `${folder}/ca.pem`;
  const keyFile = `${folder}/ca.key`;
  await openssl(
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"],
    ...["-subj", "/CN=Test CA", "-keyout", keyFile, "-out", file],
  );
  let count = 0;
  return {
    file,
    pem: await Deno.readTextFile(file),
    async issue(names, days) {
      const base = `${folder}/server${count++}`;
      await Deno.writeTextFile(`${base}.ext`, `subjectAltName=${names}\n`);
      await openssl(
        ...["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=server"],
        ...["-keyout", `${base}.key`, "-out", `${base}.csr`],
      );
      await openssl(
        ...["x509", "-req", "-in", `${base}.csr`, "-CA", file, "-CAkey", keyFile, "-CAcreateserial"],
        ...["-days", String(days), "-extfile", `${base}.ext`, "-out", `${base}.pem`],
      );
      return { cert: await Deno.readTextFile(`${base}.pem`), key: await Deno.readTextFile(`${base}.key`) };
    },
  };
}

async function openssl(...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("openssl", { args, stdout: "null", stderr: "piped" })
    .output();
  if (!success) throw new Error(`openssl ${args[0]}: ${new TextDecoder().decode(stderr)}`);
}
