#!/bin/sh
# Counts the words of a text, the most frequent first.
# Usage: count FILE
set -eu
tr 'A-Z' 'a-z' <"$1" | tr -cs 'a-z' '\n' | grep . | sort | uniq -c | sort -k1,1nr -k2
