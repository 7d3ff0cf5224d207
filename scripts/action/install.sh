#!/bin/sh
# Step of action.yml: finds Deno 2.9, or installs it with npm, and fetches what assay needs before any check's time
# runs.
set -eu

if deno --version 2>/dev/null | grep -q '^deno 2\.9\.'; then
  deno=$(command -v deno)
else
  if ! command -v npm >/dev/null; then
    echo "::error title=assay::The runner has neither Deno 2.9 nor npm to install it with: use the input 'image'"
    exit 1
  fi
  folder=$RUNNER_TEMP/assay-deno
  npm install --silent --no-save --no-audit --no-fund --prefix "$folder" "deno@$INPUT_DENO_VERSION"
  deno=$folder/node_modules/.bin/deno
  echo "$folder/node_modules/.bin" >>"$GITHUB_PATH"
fi

"$deno" cache --quiet --config="$GITHUB_ACTION_PATH/deno.json" "$GITHUB_ACTION_PATH/main.ts"
