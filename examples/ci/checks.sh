#!/bin/sh
# For every other CI system, cron, or by hand: waits for the checks of the folder `checks`, and tells failures of the
# service apart from mistakes in the files.
#
#   SERVICE_URL=https://shop.example.com sh checks.sh [OPTION...]
set -u

status=0
"${ASSAY:-assay}" check checks --report=pretty --report=json=checks.json --report=junit=checks.xml "$@" || status=$?

case $status in
  0) echo "All checks passed" ;;
  1) echo "Checks failed: checks.json has every attempt" >&2 ;;
  2) echo "No check has run: the command line or a file of checks is wrong" >&2 ;;
  *) echo "The checks were interrupted" >&2 ;;
esac
exit "$status"
