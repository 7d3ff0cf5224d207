--- @module assay.openbao
--- @description OpenBao secrets management (Vault API-compatible). The same module as assay.vault.
--- @keywords openbao, bao, vault, secrets, kv, policies, auth, transit, encryption, pki, tokens, seal
--- @quickref M.client(url, token?) -> client | Client for an OpenBao server, with every method of assay.vault
--- @quickref M.wait(url, opts?) -> true | Wait for OpenBao to become healthy; opts: {timeout = 60, interval = 2, health_path}
--- @quickref M.authenticated_client(url, opts?) -> client | Client whose token is in a Kubernetes secret; opts: {secret_namespace, secret_name, secret_key, timeout, interval}
--- @quickref M.ensure_credentials(client, mount?, path, check_key, generator) -> creds | Read credentials from KV, or generate and store them
--- @quickref M.assert_secret(client, mount?, path, expected_keys) -> data | Assert that a KV secret exists with all its keys

return require("assay.vault")
