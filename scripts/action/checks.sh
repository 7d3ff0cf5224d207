#!/bin/sh
# Step of action.yml: runs the checks, and hands their counts to the steps that follow. The exit status is assay's.
set -eu

folder=$(mktemp -d "$RUNNER_TEMP/assay-XXXXXX")
json=$folder/checks.json

set -- check "--report=pretty" "--report=github=$folder/annotations" "--report=json=$json"
for option in only skip var report; do
  case $option in
    only) lines=$INPUT_ONLY ;;
    skip) lines=$INPUT_SKIP ;;
    var) lines=$INPUT_VARS ;;
    report) lines=$INPUT_REPORT ;;
  esac
  while read -r line; do
    [ -z "$line" ] || set -- "$@" "--$option=$line"
  done <<EOF
$lines
EOF
done
[ -z "$INPUT_TAGS" ] || set -- "$@" "--tags=$INPUT_TAGS"
[ -z "$INPUT_PARALLEL" ] || set -- "$@" "--parallel=$INPUT_PARALLEL"
[ "$INPUT_FAIL_FAST" != true ] || set -- "$@" --fail-fast
# GitHub sets it where someone asked for debug logging
[ "${RUNNER_DEBUG:-0}" != 1 ] || set -- "$@" --verbose
while read -r line; do
  case $line in
    "") ;;
    -*) set -- "$@" "./$line" ;;
    *) set -- "$@" "$line" ;;
  esac
done <<EOF
$INPUT_FILES
EOF

if [ -z "$INPUT_IMAGE" ]; then
  # One run does not pay for a bundle
  export ASSAY_BUNDLE=0
  set -- "$GITHUB_ACTION_PATH/bin/assay" "$@"
else
  # Same paths inside and outside, and the runner's user: reports are written, and annotations name files
  set -- "$INPUT_IMAGE" "$@"
  while read -r name; do
    [ -z "$name" ] || set -- --env "$name" "$@"
  done <<EOF
$INPUT_PASS_ENV
EOF
  set -- docker run --rm --network host --user "$(id -u):$(id -g)" \
    --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges \
    --volume "$GITHUB_WORKSPACE:$GITHUB_WORKSPACE" --volume "$folder:$folder" \
    --volume "$GITHUB_STEP_SUMMARY:$GITHUB_STEP_SUMMARY" --workdir "$(pwd)" \
    --env GITHUB_WORKSPACE --env GITHUB_STEP_SUMMARY --env RUST_LOG "$@"
fi

# What checks print is no command to the runner, even if a server has made it look like one
token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
echo "::stop-commands::$token"
# A pipe has the status of its last command, so the status goes round it
{
  status=0
  "$@" 2>&1 || status=$?
  echo "$status" >"$folder/status"
} | tee "$folder/log"
echo "::$token::"
status=$(cat "$folder/status")

if [ -e "$folder/annotations" ]; then cat "$folder/annotations"; fi
# What is wrong with a file of checks is found before there is any report
if [ "$status" = 2 ]; then
  prefix=$(pwd)/
  prefix=${prefix#"$GITHUB_WORKSPACE/"} awk '
    sub(/^error: /, "") { is_error = 1 }
    is_error {
      gsub(/%/, "%25")
      text = $0
      sub(/^loading (config from [^:]*|the files of checks): /, "", text)
      if (match(text, /^[^ :,]+:[0-9]+:[0-9]+: /)) {
        split(text, place, ":")
        file = (place[1] ~ /^\// ? "" : ENVIRON["prefix"]) place[1]
        printf "::error file=%s,line=%s,col=%s,title=assay::%s\n", file, place[2], place[3], substr(text, RLENGTH + 1)
      } else print "::error title=assay::" $0
    }' "$folder/log"
fi

{
  for name in passed failed total; do
    # At this depth only the report's own counts stand: line breaks in texts are escaped
    printf '%s=%s\n' "$name" "$(sed -n "s/^  \"$name\": \([0-9]*\),*\$/\1/p" "$json" 2>/dev/null || true)"
  done
  [ -s "$json" ] || json=
  printf 'json=%s\n' "$json"
} >>"$GITHUB_OUTPUT"

exit "$status"
